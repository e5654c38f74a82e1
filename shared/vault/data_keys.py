"""Data keys in their database: created once per scope, wrapped, and destroyed for good."""

import os
from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.clock import Clock
from shared.database import DUPLICATE_KEY, BulkWriteError, Database, Document, IndexModel, InsertOne
from shared.personal import Category
from shared.vault.keyring import KEY_BYTES, Keyring

NONCE_BYTES = 12
COLLECTION = "keys"


class KeyId(NamedTuple):
    """What one data key covers: an object of a category of a person."""

    subject: str
    category: Category
    object: str

    def text(self) -> str:
        """Return the id as stored and as bound into every ciphertext."""
        return f"{self.subject}|{self.category}|{self.object}"

    @classmethod
    def parse(cls, text: str) -> "KeyId":
        """Return the id that `text` was made from."""
        subject, category, scope = text.split("|")
        return cls(subject, Category(category), scope)


class KeyState(StrEnum):
    """The life of a data key; there is no way back from `DESTROYED`."""

    ACTIVE = "active"
    DESTROYED = "destroyed"


class KeyDestroyedError(Exception):
    """The scope has been forgotten: nothing can be sealed for it any more."""


class UnheldCategoryError(Exception):
    """This process does not hold the key-encryption key of the category."""


class DataKeys:
    """The vault's collection of wrapped data keys."""

    def __init__(self, database: Database, keyring: Keyring, clock: Clock) -> None:
        self._database = database
        self._keys = database.collection(COLLECTION)
        self._clock = clock
        self._wrappers = {
            category: AESGCM(key)
            for category in Category
            if (key := keyring.key_encryption_key(category)) is not None
        }

    def holds(self, category: Category) -> bool:
        """Whether this process can unwrap keys of `category`."""
        return category in self._wrappers

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
        keys = {}
        for key_id in wanted:
            key = self._unwrap(key_id, found[key_id.text()])
            if key is None:
                raise KeyDestroyedError(key_id.category)
            keys[key_id] = key
        return keys

    async def find(self, ids: Iterable[KeyId]) -> dict[KeyId, bytes | None]:
        """Return the data keys of `ids`; `None` where the key is destroyed or unknown."""
        wanted = [key_id for key_id in dict.fromkeys(ids) if self.holds(key_id.category)]
        found = await self._documents(wanted)
        return {
            key_id: self._unwrap(key_id, document)
            if (document := found.get(key_id.text()))
            else None
            for key_id in wanted
        }

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
        inserts = [
            InsertOne(
                {
                    "_id": key_id.text(),
                    **_scope(key_id),
                    "state": KeyState.ACTIVE,
                    "wrapped": self._wrap(key_id, AESGCM.generate_key(KEY_BYTES * 8)),
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

    def _wrap(self, key_id: KeyId, key: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._wrapper(key_id.category).encrypt(nonce, key, key_id.text().encode())

    def _unwrap(self, key_id: KeyId, document: Document) -> bytes | None:
        if document["state"] == KeyState.DESTROYED:
            return None
        wrapped: bytes = document["wrapped"]
        return self._wrapper(key_id.category).decrypt(
            wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], key_id.text().encode()
        )

    def _wrapper(self, category: Category) -> AESGCM:
        try:
            return self._wrappers[category]
        except KeyError:
            raise UnheldCategoryError(category) from None


def _scope(key_id: KeyId) -> Document:
    return {"subject": key_id.subject, "category": key_id.category, "object": key_id.object}
