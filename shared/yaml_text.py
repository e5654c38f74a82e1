"""YAML by libyaml, which reads what is read at every start in a tenth of the time."""

from typing import Any, Final

import yaml

LOADER: Final = yaml.CSafeLoader


def parsed(text: str) -> Any:
    """Return what `text` holds, in plain types.

    Raises:
        yaml.YAMLError: it is not YAML.
    """
    return yaml.load(text, Loader=LOADER)  # noqa: S506 - the safe loader, in C


def composed(text: str) -> yaml.Node | None:
    """Return the nodes of `text`, which know their lines.

    Raises:
        yaml.YAMLError: it is not YAML.
    """
    node: yaml.Node | None = yaml.compose(text, Loader=LOADER)
    return node
