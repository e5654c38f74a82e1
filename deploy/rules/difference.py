"""`carionexiq rules diff`: what differs between two rule sets, in words."""

from pathlib import Path

from rich.console import Console

from deploy.rules.rule_file import load
from services.retention.domain.ruleset.difference import RuleChange, differences


def diff(old: Path, new: Path, console: Console) -> int:
    """Print what differs from `old` to `new` and return how many rules do.

    Raises:
        RuleSetError: one of them is no rule set.
    """
    before, after = load(old), load(new)
    changes = differences(before, after)
    console.print(
        f"{before.version} -> {after.version}: rules that differ: {len(changes)}", markup=False
    )
    for change in changes:
        for line in in_words(change):
            console.print(line, markup=False)
    return len(changes)


def in_words(change: RuleChange) -> list[str]:
    """Return `change`, a line for the rule and one for each field."""
    lines = [f"{change.rule_id}: {change.kind}"]
    for one in change.fields:
        before, after = ", ".join(one.before) or "none", ", ".join(one.after) or "none"
        match change.kind:
            case "added":
                lines.append(f"  {one.field}: {after}")
            case "removed":
                lines.append(f"  {one.field}: {before}")
            case "changed":
                lines.append(f"  {one.field}: {before} -> {after}")
    return lines
