"""`docs/contracts.json`: the fields of every public event that subscribers may rely on.

A run adds new contracts and new fields and takes nothing away: changing a published contract means
editing the file by hand, which a reviewer sees, or a new version of the event.
"""

import json
from typing import Any, Final

from deploy.docs.payloads import payload_schemas
from deploy.docs.written import DOCS, Documents
from shared.events.registry import PUBLIC_EVENTS

PUBLISHED: Final = DOCS / "contracts.json"

Contracts = dict[str, dict[str, Any]]
"""Schema of each field, without its texts, by event and version."""


def current() -> Contracts:
    """Return the contracts as the code has them."""
    schemas = payload_schemas(PUBLIC_EVENTS)
    contracts = {
        f"{event.type_name()}.v{event.VERSION}": {
            name: {key: value for key, value in field.items() if key != "description"}
            for name, field in schemas[event.type_name()]["properties"].items()
        }
        for event in PUBLIC_EVENTS
    }
    plain: Contracts = json.loads(json.dumps(contracts))
    return plain


def published() -> Contracts:
    """Return the contracts as they have been published."""
    contracts: Contracts = json.loads(PUBLISHED.read_text()) if PUBLISHED.exists() else {}
    return contracts


def document() -> Documents:
    """Return the document by its file: what was published, and what is new."""
    now, before = current(), published()
    merged = {
        name: {**now.get(name, {}), **before.get(name, {})} for name in now.keys() | before.keys()
    }
    return {PUBLISHED: json.dumps(merged, indent=1, sort_keys=True) + "\n"}
