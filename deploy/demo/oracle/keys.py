"""The data keys at the end of a run: what was ever held, and when each was forgotten."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.personal import Category


@dataclass(frozen=True, slots=True)
class KeyLife:
    """One data key from its creation to its destruction, by the virtual clock."""

    subject: str
    category: Category
    object: str
    created_at: datetime
    gone_at: datetime | None
    """When it was disabled: from then on nothing it sealed can be read."""
    destroyed_at: datetime | None
    """When it was destroyed for good."""


def key_lives(documents: Iterable[dict[str, Any]]) -> list[KeyLife]:
    """Return the lives of the keys in the vault's documents: keys, and tombstones, which count.

    Tombstones of scopes that never held anything have no creation and are left out.
    """
    by_id: dict[str, dict[str, Any]] = {}
    for document in documents:
        known = by_id.get(document["_id"])
        if known is None or "disabled_at" in document:
            by_id[document["_id"]] = document
    return [
        KeyLife(
            subject=document["subject"],
            category=Category(document["category"]),
            object=document["object"],
            created_at=document["created_at"],
            gone_at=document.get("disabled_at"),
            destroyed_at=document.get("destroyed_at"),
        )
        for document in by_id.values()
        if document.get("created_at") is not None
    ]
