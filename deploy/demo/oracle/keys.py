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
    destroyed_at: datetime | None


def key_lives(documents: Iterable[dict[str, Any]]) -> list[KeyLife]:
    """Return the lives of the keys in the vault's documents.

    Tombstones of scopes that never held anything have no creation and are left out.
    """
    return [
        KeyLife(
            subject=document["subject"],
            category=Category(document["category"]),
            object=document["object"],
            created_at=document["created_at"],
            destroyed_at=document.get("destroyed_at"),
        )
        for document in documents
        if "created_at" in document
    ]
