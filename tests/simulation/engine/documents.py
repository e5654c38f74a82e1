"""Queries and updates of documents as MongoDB understands them; what it does not know it refuses.

Only what the product uses is here, so that nothing is silently wrong: `test_conformance.py` runs
the same operations against the real engine.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

Document = dict[str, Any]

_NOTHING: Final = object()
_KINDS: Final = (
    ((bool,), 8),
    ((int, float), 1),
    ((str,), 2),
    ((dict,), 3),
    ((list,), 4),
    ((bytes,), 5),
    ((datetime,), 9),
)


class UnknownOperatorError(Exception):
    """The simulated database does not know an operator; it is to be taught or left alone."""


def matches(document: Mapping[str, Any], query: Mapping[str, Any]) -> bool:
    """Whether `document` fits `query`."""
    for name, wanted in query.items():
        if name == "$or":
            fits = any(matches(document, one) for one in wanted)
        elif name == "$and":
            fits = all(matches(document, one) for one in wanted)
        elif name.startswith("$"):
            raise UnknownOperatorError(name)
        else:
            fits = _fits(_value(document, name), wanted)
        if not fits:
            return False
    return True


def _fits(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict) and any(name.startswith("$") for name in wanted):
        return all(_holds(value, name, operand) for name, operand in wanted.items())
    return _equal(value, wanted)


def _holds(value: Any, operator: str, operand: Any) -> bool:
    match operator:
        case "$exists":
            return (value is not _NOTHING) is bool(operand)
        case "$ne":
            return not _equal(value, operand)
        case "$in":
            return any(_equal(value, one) for one in operand)
        case "$nin":
            return not any(_equal(value, one) for one in operand)
        case "$gt" | "$gte" | "$lt" | "$lte":
            several = [*value, value] if isinstance(value, list) else [value]
            return any(_compare(one, operator, operand) for one in several)
        case _:
            raise UnknownOperatorError(operator)


def _equal(value: Any, wanted: Any) -> bool:
    if wanted is None:
        return value is None or value is _NOTHING
    if isinstance(value, list) and not isinstance(wanted, list):
        return any(_same(one, wanted) for one in value)
    return _same(value, wanted)


def _same(one: Any, other: Any) -> bool:
    return one is not _NOTHING and kind_of(one) == kind_of(other) and bool(one == other)


def _compare(value: Any, operator: str, operand: Any) -> bool:
    if value is _NOTHING or kind_of(value) != kind_of(operand) or value is None:
        return False
    match operator:
        case "$gt":
            return bool(value > operand)
        case "$gte":
            return bool(value >= operand)
        case "$lt":
            return bool(value < operand)
        case _:
            return bool(value <= operand)


def kind_of(value: Any) -> int:
    """Return the place of `value`'s type in the order of types."""
    if value is None or value is _NOTHING:
        return 0
    for types, place in _KINDS:
        if isinstance(value, types):
            return place
    raise UnknownOperatorError(type(value).__name__)


def sort_key(value: Any) -> tuple[int, Any]:
    """Return what `value` is sorted by."""
    kind = kind_of(value)
    return (kind, None) if kind == 0 else (kind, value)


def value_at(document: Mapping[str, Any], path: str) -> Any:
    """Return what stands at `path`, `None` where there is nothing."""
    value = _value(document, path)
    return None if value is _NOTHING else value


def _value(document: Mapping[str, Any], path: str) -> Any:
    value: Any = document
    for step in path.split("."):
        if isinstance(value, list):
            raise UnknownOperatorError(f"a path through a list: {path}")
        if not isinstance(value, dict) or step not in value:
            return _NOTHING
        value = value[step]
    return value


def updated(document: Document, update: Mapping[str, Any], *, inserting: bool = False) -> None:
    """Change `document` in place by `update`."""
    for operator, fields in update.items():
        for path, operand in fields.items():
            match operator:
                case "$set":
                    _put(document, path, operand)
                case "$setOnInsert":
                    if inserting:
                        _put(document, path, operand)
                case "$unset":
                    _take(document, path)
                case "$max":
                    held = _value(document, path)
                    if held is _NOTHING or sort_key(operand) > sort_key(held):
                        _put(document, path, operand)
                case "$inc":
                    held = _value(document, path)
                    _put(document, path, operand if held is _NOTHING else held + operand)
                case _:
                    raise UnknownOperatorError(operator)


def _put(document: Document, path: str, value: Any) -> None:
    *parents, last = path.split(".")
    for step in parents:
        document = document.setdefault(step, {})
        if not isinstance(document, dict):
            raise UnknownOperatorError(path)
    document[last] = value


def _take(document: Document, path: str) -> None:
    *parents, last = path.split(".")
    for step in parents:
        document = document.get(step, {})
    document.pop(last, None)


def of_query(query: Mapping[str, Any]) -> Document:
    """Return the fields that an upsert takes over from its query."""
    document: Document = {}
    for name, wanted in query.items():
        operators = isinstance(wanted, dict) and any(key.startswith("$") for key in wanted)
        if not name.startswith("$") and not operators:
            _put(document, name, wanted)
    return document


def projected(document: Document, fields: Mapping[str, Any] | Sequence[str] | None) -> Document:
    """Return `document` with its id and the named `fields` only."""
    if fields is None:
        return document
    names: Iterable[str] = fields
    if isinstance(fields, Mapping) and not all(fields.values()):
        raise UnknownOperatorError("an excluding projection")
    kept = {"_id", *names}
    if any("." in name for name in kept):
        raise UnknownOperatorError("a projection of a path")
    return {name: value for name, value in document.items() if name in kept}
