"""Tombstones: which scopes are closed, disabled for now or destroyed for good.

They are kept apart from the keys, and what they say counts: key material that stands against a
tombstone opens nothing, however it came back.
"""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

from shared.database import DUPLICATE_KEY, BulkWriteError, Database, Document, IndexModel
from shared.vault.key_id import KeyId

COLLECTION: Final = "tombstones"


class KeyState(StrEnum):
    """The life of a data key; there is no way back from `DESTROYED`."""

    ACTIVE = "active"
    DISABLED = "disabled"
    """Nothing opens or seals; the key is still there, so that a legal hold can bring it back."""
    DESTROYED = "destroyed"


class Tombstones:
    """The vault's collection of tombstones; every write may be repeated."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._stones = database.collection(COLLECTION)

    async def prepare(self) -> None:
        """Create the indexes."""
        await self._database.ensure_indexes(COLLECTION, [IndexModel([("subject", 1)])])

    async def states(self, ids: Collection[KeyId]) -> dict[KeyId, KeyState]:
        """Return the state of those of `ids` that are closed."""
        if not ids:
            return {}
        query = {"_id": {"$in": [key_id.text() for key_id in ids]}}
        return {
            KeyId.parse(stone["_id"]): KeyState(stone["state"])
            async for stone in self._stones.find(query, {"state": 1})
        }

    async def closed(self, subject: str) -> set[str]:
        """Return the ids of every closed scope of `subject`."""
        return {stone["_id"] async for stone in self._stones.find({"subject": subject}, {"_id": 1})}

    async def destroyed(self) -> AsyncIterator[KeyId]:
        """Yield every scope that has been destroyed."""
        async for stone in self._stones.find({"state": KeyState.DESTROYED}, {"_id": 1}):
            yield KeyId.parse(stone["_id"])

    async def disable(
        self, ids: Sequence[KeyId], at: datetime, created: Mapping[str, datetime]
    ) -> None:
        """Disable the scopes of `ids`; what is closed already stays as it is.

        `created` tells when a scope got its key, by the id's text.
        """
        stones = [
            {
                "_id": key_id.text(),
                **scope_of(key_id),
                "state": KeyState.DISABLED,
                "created_at": created.get(key_id.text()),
                "disabled_at": at,
                "destroyed_at": None,
            }
            for key_id in ids
        ]
        try:
            await self._stones.insert_many(stones, ordered=False)
        except BulkWriteError as error:
            if any(e["code"] != DUPLICATE_KEY for e in error.details["writeErrors"]):
                raise

    async def enable(self, ids: Sequence[KeyId]) -> None:
        """Take down the tombstones of `ids`, except of what has been destroyed."""
        texts = [key_id.text() for key_id in ids]
        await self._stones.delete_many({"_id": {"$in": texts}, "state": KeyState.DISABLED})

    async def destroy(
        self, ids: Sequence[KeyId], at: datetime, created: Mapping[str, datetime]
    ) -> None:
        """Say of the scopes of `ids` that they are destroyed; the first such instant stays.

        What is enabled at the same moment may be left out: it is to be looked at afterwards.
        """
        closed = await self.states(ids)
        if new := [key_id for key_id in ids if key_id not in closed]:
            await self.disable(new, at, created)
        disabled = {
            "_id": {"$in": [key_id.text() for key_id in ids]},
            "state": KeyState.DISABLED,
        }
        change = {"$set": {"state": KeyState.DESTROYED, "destroyed_at": at}}
        await self._stones.update_many(disabled, change)


def scope_of(key_id: KeyId) -> Document:
    """Return the fields by which keys and tombstones are found."""
    return {"subject": key_id.subject, "category": key_id.category, "object": key_id.object}
