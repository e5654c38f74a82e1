"""A rule set in a file, or the latest one of a folder."""

from pathlib import Path

from services.retention.domain.errors import RuleSetError
from services.retention.domain.ruleset.model import RuleSet
from services.retention.domain.ruleset.parse import parse_rule_set


def rule_file(path: Path) -> Path:
    """Return the file of the rule set at `path`; of a folder, the latest version.

    Raises:
        RuleSetError: there is none.
    """
    file = max(path.glob("*.yaml"), default=None) if path.is_dir() else path
    if file is None or not file.is_file():
        raise RuleSetError(f"{path}: no rule set")
    return file


def load(path: Path) -> RuleSet:
    """Read the rule set at `path`.

    Raises:
        RuleSetError: there is none, or it is wrong.
    """
    file = rule_file(path)
    return parse_rule_set(file.read_text(encoding="utf-8"), file.name)
