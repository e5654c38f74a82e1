"""A published contract only grows: what a subscriber relies on today is there tomorrow."""

from typing import Any, Final

import pytest

from deploy.docs.contracts import current, published

NOW: Final = current()


def _holds(before: Any, now: Any) -> bool:
    """Say whether what was told in `before` is still so; only lists of values may grow."""
    if isinstance(before, dict) and isinstance(now, dict):
        return before.keys() == now.keys() and all(
            set(before[key]) <= set(now[key]) if key == "enum" else _holds(before[key], now[key])
            for key in before
        )
    if isinstance(before, list) and isinstance(now, list):
        return len(before) == len(now) and all(map(_holds, before, now))
    return bool(before == now)


@pytest.mark.parametrize("name", sorted(published()))
def test_a_published_contract_keeps_every_field(name: str) -> None:
    event, _, version = name.rpartition(".v")
    (now,) = [n for n in NOW if n.rpartition(".v")[0] == event]
    if now != name:
        # A new version reads the older one through its upcast.
        assert int(now.rpartition(".v")[2]) > int(version)
        return
    changed = [
        field
        for field, schema in published()[name].items()
        if not _holds(schema, NOW[name].get(field))
    ]
    assert changed == []


def test_a_changed_type_or_a_lost_value_is_refused() -> None:
    assert _holds({"enum": ["fr"]}, {"enum": ["fr", "en"]})
    assert not _holds({"enum": ["fr", "en"]}, {"enum": ["fr"]})
    assert not _holds({"type": "string"}, {"type": "integer"})
    assert not _holds({"type": "string"}, None)
