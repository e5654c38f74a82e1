"""Reading a rule set: a mistake is told with file, line and rule."""

import hashlib
from typing import Any

import yaml
from pydantic import ValidationError

from services.retention.domain.errors import RuleSetError
from services.retention.domain.ruleset.model import RuleSet
from services.retention.domain.ruleset.promises import broken
from shared.yaml_text import Path, composed, line_of, parsed


def parse_rule_set(text: str, name: str) -> RuleSet:
    """Return the rule set that `text`, the content of file `name`, describes.

    Raises:
        RuleSetError: it is not one, or breaks a promise or the law; one line per mistake.
    """
    rules, root, data = _read(text, name)
    mistakes = [_mistake(name, root, data, path, told) for path, told in broken(rules)]
    if mistakes:
        raise RuleSetError("\n".join(mistakes))
    return rules


def digest_of(text: str) -> str:
    """Return the SHA-256 of the text of a rule set, by which it is known."""
    return hashlib.sha256(text.encode()).hexdigest()


def well_formed(text: str, name: str) -> RuleSet:
    """Return the rule set that `text` describes, whatever it promises.

    Raises:
        RuleSetError: it is not one; one line per mistake.
    """
    return _read(text, name)[0]


def _read(text: str, name: str) -> tuple[RuleSet, yaml.Node, dict[str, Any]]:
    try:
        root = composed(text)
        data = parsed(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise RuleSetError(f"{name}:{line}: not YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise RuleSetError(f"{name}:1: not YAML: characters that no text holds") from error
    if root is None or not isinstance(data, dict):
        raise RuleSetError(f"{name}:1: a rule set is a mapping with version, title and rules")
    data.pop("shared", None)
    digest = digest_of(text)
    try:
        return RuleSet.model_validate({**data, "digest": digest}), root, data
    except ValidationError as error:
        mistakes = [
            _mistake(name, root, data, tuple(one["loc"]), one["msg"])
            for one in error.errors(include_url=False, include_input=False)
        ]
        raise RuleSetError("\n".join(mistakes)) from error


def _mistake(name: str, root: yaml.Node, data: dict[str, Any], path: Path, message: str) -> str:
    rule = ""
    if path[:1] == ("rules",) and len(path) > 1 and isinstance(path[1], int):
        found = data["rules"][path[1]]
        rule = f"rule {found.get('id', path[1]) if isinstance(found, dict) else path[1]}: "
    inside = ".".join(str(step) for step in (path[2:] if rule else path))
    said = message.removeprefix("Value error, ")
    return f"{name}:{line_of(root, path)}: {rule}{inside + ': ' if inside else ''}{said}"
