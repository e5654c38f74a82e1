"""YAML by libyaml, which reads what is read at every start in a tenth of the time."""

from typing import Any, Final

import yaml

LOADER: Final = yaml.CSafeLoader
MERGE: Final = "tag:yaml.org,2002:merge"

Path = tuple[str | int, ...]
"""The way from the root of a text to one of its values: names and positions."""


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


def line_of(node: yaml.Node, path: Path) -> int:
    """Return the line (from 1) of the deepest node that `path` leads to."""
    line = int(node.start_mark.line) + 1
    for step in path:
        child = _child(node, step)
        if child is None:
            break
        node = child
        line = int(node.start_mark.line) + 1
    return line


def _child(node: yaml.Node, step: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        found: yaml.Node = node.value[step]
        return found
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == step:
                return value  # type: ignore[no-any-return]
        for key, value in node.value:
            if key.tag == MERGE and (merged := _child(value, step)) is not None:
                return merged
    return None
