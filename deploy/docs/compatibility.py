"""Whether what was recorded and subscribed to under one release goes on under another. Pure.

Two things must hold for the same version of an event: what was recorded is still read, and who
reads by the released shape still can. Everything else takes a new version, with an upcaster.
"""

from collections.abc import Iterator
from typing import Any

from deploy.docs.contracts import Contract, Contracts


def breaks(before: Contracts, now: Contracts) -> list[str]:
    """Return in words what `now` breaks of `before`, and what to do about it; nothing is best."""
    return [
        f"{name}: {what}"
        for name, contract in sorted(before.items())
        for what in _breaks(contract, now.get(name))
    ]


def _breaks(before: Contract, now: Contract | None) -> Iterator[str]:
    if now is None:
        yield "was removed; keep it as long as it may stand in a store or on a topic"
        return
    if before.get("topic") != now.get("topic"):
        yield f"moved from {before.get('topic')} to {now.get('topic')}; make it another event"
    if now["version"] < before["version"]:
        yield f"went back from v{before['version']} to v{now['version']}"
    for older in range(before["version"], now["version"]):
        if older not in now["reads"]:
            yield f"v{now['version']} has no upcaster from v{older}"
    if now["version"] == before["version"]:
        yield from _changes(before["schema"], now["schema"])


def _changes(before: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
    """Return how two shapes of the same version differ that must not."""
    fields, fields_now = before.get("properties", {}), now.get("properties", {})
    required, required_now = set(before.get("required", ())), set(now.get("required", ()))
    for name, field in fields.items():
        if name not in fields_now:
            yield f"field {name} was removed or renamed; that takes a new version"
        elif not _holds(field, fields_now[name]):
            yield f"field {name} changed its shape or its secrecy; that takes a new version"
    for name in sorted(required_now - required):
        new = "is new" if name not in fields else "was optional"
        yield f"field {name} {new} and is required; give it a default, or make a new version"
    rest = {key: value for key, value in before.items() if key not in {"properties", "required"}}
    if not _holds(rest, {key: value for key, value in now.items() if key in rest}):
        yield "changed its shape; that takes a new version"


def _holds(before: Any, now: Any) -> bool:
    """Tell whether what was said in `before` is still so; only lists of values may grow."""
    if isinstance(before, dict) and isinstance(now, dict):
        before, now = _listed(before), _listed(now)
        return before.keys() == now.keys() and all(
            set(before[key]) <= set(now[key]) if key == "enum" else _holds(before[key], now[key])
            for key in before
        )
    if isinstance(before, list) and isinstance(now, list):
        return len(before) == len(now) and all(map(_holds, before, now))
    return bool(before == now)


def _listed(schema: dict[str, Any]) -> dict[str, Any]:
    """Return `schema` with its one value, where there is but one, as a list of values."""
    if "const" not in schema:
        return schema
    return {**{key: value for key, value in schema.items() if key != "const"}} | {
        "enum": [schema["const"]]
    }
