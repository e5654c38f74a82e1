"""What subscribers and the stores rely on: the shapes of events, as code has and releases had them.

A release writes down every public event, and every event that a service keeps in its own store and
will read again for ever: `python -m deploy.docs.release`. Nobody edits such a file afterwards.
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from deploy.docs.described import DescribedService
from deploy.docs.payloads import payload_schemas
from deploy.docs.written import DOCS
from shared.events.base import ANY_SERVICE, Event
from shared.events.registry import PUBLIC_EVENTS
from shared.topics import events_topic

RELEASED: Final = DOCS / "contracts"
CHECKSUMS: Final = RELEASED / "SHA256SUMS"
ANY_TOPIC: Final = "every topic"

Contract = dict[str, Any]
"""`version`, `reads` (older versions that it can read), `schema`, and for public ones `topic`."""

Contracts = dict[str, Contract]
"""By place and name: `public/LearnerRegistered`, `identity/AccountOpened`, `shapes/Sealed`."""


def current(services: Sequence[DescribedService]) -> Contracts:
    """Return the contracts as the code has them."""
    contracts = contracts_of("public", PUBLIC_EVENTS)
    for event in PUBLIC_EVENTS:
        topic = ANY_TOPIC if event.SERVICE == ANY_SERVICE else events_topic(event.SERVICE)
        contracts[f"public/{event.type_name()}"]["topic"] = topic
    for service in services:
        contracts |= contracts_of(service.name, service.domain_events)
    return contracts


def contracts_of(place: str, events: Iterable[type[Event]]) -> Contracts:
    """Return the contracts of `events` and of the shapes they refer to, under `place`."""
    by_name = {event.type_name(): event for event in events}
    contracts: Contracts = {}
    for name, schema in payload_schemas(by_name.values()).items():
        event = by_name.get(name)
        contracts[f"{place}/{name}"] = {
            "version": event.VERSION if event else 1,
            "reads": sorted(event.UPCASTERS) if event else [],
            "schema": _without_texts(schema),
        }
    return contracts


def released() -> dict[str, Contracts]:
    """Return the contracts of every release, by its version."""
    return {file.stem: json.loads(file.read_text()) for file in sorted(RELEASED.glob("*.json"))}


def released_file(version: str) -> Path:
    """Return where the contracts of release `version` are."""
    return RELEASED / f"{version}.json"


def _without_texts(schema: Any) -> Any:
    if isinstance(schema, dict):
        told = {"description", "title", "x-promises"}
        return {
            name: {field: _without_texts(part) for field, part in value.items()}
            if name == "properties"
            else _without_texts(value)
            for name, value in schema.items()
            if name not in told
        }
    if isinstance(schema, list | tuple):
        return [_without_texts(part) for part in schema]
    return schema
