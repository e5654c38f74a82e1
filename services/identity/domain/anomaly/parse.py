"""Reading the watching rules: a mistake is told with file, line and rule."""

from typing import Any

import yaml
from pydantic import ValidationError

from services.identity.domain.anomaly.rules import WatchRules
from services.identity.domain.errors import WatchRulesError
from shared.yaml_text import Path, composed, line_of, parsed


def parse_watch_rules(text: str, name: str) -> WatchRules:
    """Return the rules that `text`, the content of file `name`, describes.

    Raises:
        WatchRulesError: it describes none; one line per mistake.
    """
    try:
        root, data = composed(text), parsed(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise WatchRulesError(f"{name}:{line}: not YAML: {error.problem}") from error
    if root is None or not isinstance(data, dict):
        raise WatchRulesError(f"{name}:1: watching rules are a mapping with version and rules")
    try:
        return WatchRules.model_validate(data)
    except ValidationError as error:
        mistakes = [
            _mistake(name, root, data, tuple(one["loc"]), one["msg"])
            for one in error.errors(include_url=False, include_input=False)
        ]
        raise WatchRulesError("\n".join(mistakes)) from error


def _mistake(name: str, root: yaml.Node, data: dict[str, Any], loc: Path, message: str) -> str:
    path, rule = loc, ""
    if loc[:1] == ("rules",) and len(loc) > 1 and isinstance(loc[1], int):
        found = data["rules"][loc[1]]
        rule = f"rule {found.get('id', loc[1]) if isinstance(found, dict) else loc[1]}: "
        if loc[2:3] == ("when",):
            # pydantic names the kind of a rule as a step of the way, the text does not.
            path = (*loc[:3], *loc[4:])
    inside = ".".join(str(step) for step in (path[2:] if rule else path))
    said = message.removeprefix("Value error, ")
    return f"{name}:{line_of(root, path)}: {rule}{inside + ': ' if inside else ''}{said}"
