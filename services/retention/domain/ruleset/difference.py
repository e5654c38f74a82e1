"""What differs between two rule sets, rule by rule and field by field."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from services.retention.domain.ruleset.model import Moment, Rule, RuleSet

FIELDS: Final = (
    "promises",
    "categories",
    "object",
    "when",
    "ends",
    "not_before",
    "not_after",
    "archive",
    "then",
    "reason",
    "legal_minimum",
    "notice",
    "legal_basis",
    "basis",
    "purpose",
    "title",
    "reasoning",
    "controllers_choice",
)
_OF_TERM: Final = frozenset({"ends", "not_before", "not_after"})

Values = tuple[str, ...]
"""A field as text, one for each of its parts; nothing for what is not there."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a rule with what it was and what it would be."""

    field: str
    before: Values
    after: Values


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One rule that is new, gone or changed."""

    rule_id: str
    kind: Literal["added", "removed", "changed"]
    fields: tuple[FieldChange, ...]
    """Those that differ; of a rule that is new or gone, all it has."""


def differences(old: RuleSet, new: RuleSet) -> list[RuleChange]:
    """Return the rules of `old` and `new` that are not the same, in the order of `new`."""
    before = {rule.id: rule for rule in old.rules}
    after = {rule.id: rule for rule in new.rules}
    changes = []
    for rule_id in (*after, *(gone for gone in before if gone not in after)):
        was, will_be = before.get(rule_id), after.get(rule_id)
        fields = tuple(_fields(was, will_be))
        if fields:
            kind: Literal["added", "removed", "changed"] = (
                "added" if was is None else "removed" if will_be is None else "changed"
            )
            changes.append(RuleChange(rule_id, kind, fields))
    return changes


def _fields(was: Rule | None, will_be: Rule | None) -> Iterator[FieldChange]:
    for field in FIELDS:
        before, after = _values(was, field), _values(will_be, field)
        if before != after:
            yield FieldChange(field, before, after)


def _values(rule: Rule | None, field: str) -> Values:
    if rule is None:
        return ()
    value = getattr(rule.term if field in _OF_TERM else rule, field)
    if value is None or value is False:
        return ()
    parts = value if isinstance(value, tuple) else (value,)
    return tuple(_text(part) for part in parts)


def _text(part: object) -> str:
    if isinstance(part, Moment):
        return f"{part.anchor} + {part.after}"
    texts = (getattr(part, "fr", None), getattr(part, "en", None))
    return " / ".join(text for text in texts if text) or str(part)
