"""Data keys in their database: created once per scope, wrapped, and destroyed for good."""

from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from enum import StrEnum

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.clock import Clock
from shared.database import DUPLICATE_KEY, BulkWriteError, Database, Document, IndexModel, InsertOne
from shared.personal import Category
from shared.vault.key_id import KeyId
from shared.vault.keyring import KEY_BYTES
from shared.vault.wrapping import KeyEncryption, Wrapped

COLLECTION = "keys"


class KeyState(StrEnum):
    """The life of a data key; there is no way back from `DESTROYED`."""

    ACTIVE = "active"
    DESTROYED = "destroyed"


class KeyDestroyedError(Exception):
    """The scope has been forgotten: nothing can be sealed for it any more."""


class DataKeys:
    """The vault's collection of wrapped data keys."""

    def __init__(self, database: Database, encryption: KeyEncryption, clock: Clock) -> None:
        self._database = database
        self._keys = database.collection(COLLECTION)
        self._clock = clock
        self._encryption = encryption

    def holds(self, category: Category) -> bool:
        """Whether this process can unwrap keys of `category`."""
        return self._encryption.holds(category)

    async def prepare(self) -> None:
        """Create the indexes."""
        await self._database.ensure_indexes(
            COLLECTION, [IndexModel([("subject", 1), ("category", 1)])]
        )

    async def obtain(self, ids: Iterable[KeyId]) -> dict[KeyId, bytes]:
        """Return the data keys of `ids`, creating the missing ones.

        Raises:
            KeyDestroyedError: one of them has been destroyed.
            UnheldCategoryError: one belongs to a category outside this process's compartments.
        """
        wanted = list(dict.fromkeys(ids))
        found = await self._documents(wanted)
        missing = [key_id for key_id in wanted if key_id.text() not in found]
        if missing:
            await self._create(missing)
            found |= await self._documents(missing)
        keys = await self._unwrapped(wanted, found)
        for key_id in wanted:
            if key_id not in keys:
                raise KeyDestroyedError(key_id.category)
        return keys

    async def find(self, ids: Iterable[KeyId]) -> dict[KeyId, bytes | None]:
        """Return the data keys of `ids`; `None` where the key is destroyed or unknown."""
        wanted = [key_id for key_id in dict.fromkeys(ids) if self.holds(key_id.category)]
        keys = await self._unwrapped(wanted, await self._documents(wanted))
        return {key_id: keys.get(key_id) for key_id in wanted}

    async def destroy(self, key_id: KeyId) -> datetime:
        """Destroy one data key for good and return when that happened first.

        The document stays as a tombstone without key material, so that the scope can never get a
        key again; destroying what never existed leaves a tombstone too.
        """
        now = self._clock.now()
        await self._keys.update_one(
            {"_id": key_id.text(), "state": {"$ne": KeyState.DESTROYED}},
            {
                "$set": {**_scope(key_id), "state": KeyState.DESTROYED, "destroyed_at": now},
                "$unset": {"wrapped": ""},
            },
        )
        await self._keys.update_one(
            {"_id": key_id.text()},
            {
                "$setOnInsert": {
                    **_scope(key_id),
                    "state": KeyState.DESTROYED,
                    "destroyed_at": now,
                }
            },
            upsert=True,
        )
        document = await self._keys.find_one({"_id": key_id.text()})
        if document is None or document["state"] != KeyState.DESTROYED or "wrapped" in document:
            raise RuntimeError("a destroyed key left no tombstone")
        destroyed_at: datetime = document["destroyed_at"]
        return destroyed_at

    async def is_destroyed(self, key_id: KeyId) -> bool:
        """Whether the scope has been forgotten for good."""
        document = await self._keys.find_one({"_id": key_id.text()})
        return document is not None and document["state"] == KeyState.DESTROYED

    async def live(self, subject: str) -> list[KeyId]:
        """Return every scope of `subject` that still has a key."""
        query = {"subject": subject, "state": KeyState.ACTIVE}
        return [
            KeyId(document["subject"], Category(document["category"]), document["object"])
            async for document in self._keys.find(query)
        ]

    async def destroyed(self) -> AsyncIterator[KeyId]:
        """Yield every scope that has been forgotten for good."""
        async for document in self._keys.find({"state": KeyState.DESTROYED}, {"_id": 1}):
            yield KeyId.parse(document["_id"])

    async def _documents(self, ids: list[KeyId]) -> dict[str, Document]:
        if not ids:
            return {}
        cursor = self._keys.find({"_id": {"$in": [key_id.text() for key_id in ids]}})
        return {document["_id"]: document async for document in cursor}

    async def _create(self, ids: list[KeyId]) -> None:
        now = self._clock.now()
        wrapped = await self._encryption.wrap(
            {key_id: AESGCM.generate_key(KEY_BYTES * 8) for key_id in ids}
        )
        inserts = [
            InsertOne(
                {
                    "_id": key_id.text(),
                    **_scope(key_id),
                    "state": KeyState.ACTIVE,
                    "wrapped": wrapped[key_id].data,
                    "created_at": now,
                }
            )
            for key_id in ids
        ]
        try:
            await self._keys.bulk_write(inserts, ordered=False)
        except BulkWriteError as error:
            # Another process created the same scope first: its key, or its tombstone, counts.
            if any(e["code"] != DUPLICATE_KEY for e in error.details["writeErrors"]):
                raise

    async def _unwrapped(
        self, ids: Iterable[KeyId], documents: dict[str, Document]
    ) -> dict[KeyId, bytes]:
        """Return the data keys that `documents` still have of `ids`."""
        return await self._encryption.unwrap(
            {
                key_id: Wrapped(document["wrapped"], under=None)
                for key_id in ids
                if (document := documents.get(key_id.text()))
                and document["state"] != KeyState.DESTROYED
            }
        )


def _scope(key_id: KeyId) -> Document:
    return {"subject": key_id.subject, "category": key_id.category, "object": key_id.object}
