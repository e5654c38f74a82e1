"""Data keys in their database: created once per scope, wrapped, disabled, destroyed for good."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared import telemetry
from shared.clock import Clock
from shared.database import DUPLICATE_KEY, BulkWriteError, Database, Document, IndexModel, InsertOne
from shared.personal import Category
from shared.vault.key_id import KeyId
from shared.vault.keyring import KEY_BYTES
from shared.vault.tombstones import KeyState, Tombstones, scope_of
from shared.vault.wrapping import (
    KeyEncryption,
    KeysUnavailableError,
    UnknownVersionError,
    Wrapped,
)

COLLECTION = "keys"
DESTRUCTION_ATTEMPTS = 3
CURRENT_WITHIN_SECONDS: Final = 60.0
"""Longest time a process that uses no key keeps a key-encryption key that was retired."""

log = telemetry.logger(__name__)


class KeyClosedError(Exception):
    """The scope is forgotten: nothing can be sealed for it."""


class KeyDisabledError(KeyClosedError):
    """The scope is forgotten; only a legal hold can still bring it back."""


class KeyDestroyedError(KeyClosedError):
    """The scope has been forgotten for good."""


class DataKeys:
    """The vault's collection of wrapped data keys."""

    def __init__(self, database: Database, encryption: KeyEncryption, clock: Clock) -> None:
        self._database = database
        self._keys = database.collection(COLLECTION)
        self._tombstones = Tombstones(database)
        self._clock = clock
        self._encryption = encryption

    def holds(self, category: Category) -> bool:
        """Whether this process can unwrap keys of `category`."""
        return self._encryption.holds(category)

    async def stay_current(self) -> None:
        """Let go of retired key-encryption keys until cancelled, also while nobody uses any."""
        while True:
            await asyncio.sleep(CURRENT_WITHIN_SECONDS)
            try:
                self._encryption.refresh()
            except KeysUnavailableError as error:
                log.warning("the keyring cannot be read", error=type(error).__name__)

    def close(self) -> None:
        """Let go of the provider of key-encryption keys."""
        self._encryption.close()

    async def prepare(self) -> None:
        """Create the indexes."""
        await self._database.ensure_indexes(
            COLLECTION,
            [IndexModel([("subject", 1), ("category", 1)]), IndexModel([("wrapped_under", 1)])],
        )
        await self._tombstones.prepare()

    async def obtain(self, ids: Iterable[KeyId]) -> dict[KeyId, bytes]:
        """Return the data keys of `ids`, creating the missing ones.

        Tombstones are looked at after a key has been created, so that of a creation and a
        destruction at the same time the destruction wins.

        Raises:
            KeyDisabledError: one of them is disabled.
            KeyDestroyedError: one of them has been destroyed.
            UnheldCategoryError: one belongs to a category outside this process's compartments.
            KeysUnavailableError: a key-encryption key cannot be used now.
        """
        wanted = list(dict.fromkeys(ids))
        found, closed = await self._look_up(wanted)
        missing = [key_id for key_id in wanted if key_id.text() not in found]
        if missing and not closed:
            # A key is used only as it was read back: whoever else created it, and if it opens.
            await self._create(missing)
            created, closed = await self._look_up(missing)
            found |= created
            await self._remove_material(k for k, s in closed.items() if s is KeyState.DESTROYED)
        for key_id, state in closed.items():
            error = KeyDestroyedError if state is KeyState.DESTROYED else KeyDisabledError
            raise error(key_id.category)
        keys = await self._unwrapped(wanted, found)
        for key_id in wanted:
            if key_id not in keys:
                # A document without material, as earlier releases left it, or as it went just now.
                raise KeyDestroyedError(key_id.category)
        return keys

    async def find(self, ids: Iterable[KeyId]) -> dict[KeyId, bytes | None]:
        """Return the data keys of `ids`; `None` where the scope is closed or unknown.

        Raises:
            KeysUnavailableError: a key-encryption key cannot be used now.
        """
        wanted = [key_id for key_id in dict.fromkeys(ids) if self.holds(key_id.category)]
        found, closed = await self._look_up(wanted)
        keys = await self._unwrapped([one for one in wanted if one not in closed], found)
        return {key_id: keys.get(key_id) for key_id in wanted}

    async def disable(self, ids: Sequence[KeyId]) -> None:
        """Close the scopes of `ids`: nothing opens or seals any more, the keys are kept.

        A scope that has no key gets none either, and what is closed already stays as it is.
        """
        if ids:
            await self._tombstones.disable(ids, self._clock.now(), await self._created(ids))

    async def enable(self, ids: Sequence[KeyId]) -> None:
        """Open again those scopes of `ids` that are disabled; what is destroyed stays so."""
        await self._tombstones.enable(ids)

    async def destroy(self, ids: Sequence[KeyId]) -> None:
        """Destroy the keys of `ids` for good, whatever their state.

        The tombstones are written before the keys are removed; a scope that never had a key gets
        one too, so that it never will.

        Raises:
            RuntimeError: it was tried, and something is left.
        """
        if not ids:
            return
        now, created = self._clock.now(), await self._created(ids)
        for _ in range(DESTRUCTION_ATTEMPTS):
            await self._tombstones.destroy(ids, now, created)
            await self._remove_material(ids)
            # Whoever was just creating a key finds the tombstone, and removes it as well.
            if not await self.unforgotten(ids):
                return
        raise RuntimeError("a destroyed key left no tombstone, or was left")

    async def unforgotten(self, ids: Sequence[KeyId]) -> list[KeyId]:
        """Return those of `ids` that have no tombstone of destruction, or have key material."""
        found, closed = await self._look_up(ids)
        return [
            key_id
            for key_id in ids
            if closed.get(key_id) is not KeyState.DESTROYED or key_id.text() in found
        ]

    async def states(self, ids: Collection[KeyId]) -> dict[KeyId, KeyState]:
        """Return the states of those of `ids` that are disabled or destroyed."""
        return await self._tombstones.states(ids)

    async def live(self, subject: str) -> list[KeyId]:
        """Return every scope of `subject` that has a key and is not closed."""
        query = {"subject": subject, "wrapped": {"$exists": True}}
        found = {document["_id"] async for document in self._keys.find(query, {"_id": 1})}
        return [KeyId.parse(text) for text in found - await self._tombstones.closed(subject)]

    def destroyed(self) -> AsyncIterator[KeyId]:
        """Yield every scope that has been forgotten for good."""
        return self._tombstones.destroyed()

    async def _look_up(
        self, ids: Sequence[KeyId]
    ) -> tuple[dict[str, Document], dict[KeyId, KeyState]]:
        """Return the documents of `ids` and which of them are closed, in the time of one query."""
        found, closed = await asyncio.gather(self._documents(ids), self._tombstones.states(ids))
        return found, closed

    async def _created(self, ids: Sequence[KeyId]) -> dict[str, datetime]:
        query = {"_id": {"$in": [key_id.text() for key_id in ids]}}
        cursor = self._keys.find(query, {"created_at": 1})
        return {one["_id"]: one["created_at"] async for one in cursor if "created_at" in one}

    async def _remove_material(self, ids: Iterable[KeyId]) -> None:
        texts = [key_id.text() for key_id in ids]
        if texts:
            await self._keys.delete_many({"_id": {"$in": texts}})

    async def _documents(self, ids: Sequence[KeyId]) -> dict[str, Document]:
        if not ids:
            return {}
        query = {"_id": {"$in": [key_id.text() for key_id in ids]}}
        cursor = self._keys.find(query, {"wrapped": 1, "wrapped_under": 1})
        # A list: taking one document after the other costs more than decoding it.
        return {document["_id"]: document for document in await cursor.to_list(None)}

    async def _create(self, ids: list[KeyId]) -> None:
        now = self._clock.now()
        wrapped = await self._encryption.wrap(
            {key_id: AESGCM.generate_key(KEY_BYTES * 8) for key_id in ids}
        )
        inserts = [
            InsertOne(
                {
                    "_id": key_id.text(),
                    **scope_of(key_id),
                    "wrapped": wrapped[key_id].data,
                    "wrapped_under": wrapped[key_id].under,
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
        self, ids: list[KeyId], documents: dict[str, Document]
    ) -> dict[KeyId, bytes]:
        """Return the data keys that `documents` still have of `ids`."""
        try:
            return await self._encryption.unwrap(_wrapped(ids, documents))
        except UnknownVersionError:
            # Rewrapped under a newer version since it was read.
            return await self._encryption.unwrap(_wrapped(ids, await self._documents(ids)))


def _wrapped(ids: Iterable[KeyId], documents: dict[str, Document]) -> dict[KeyId, Wrapped]:
    return {
        key_id: Wrapped(document["wrapped"], document.get("wrapped_under"))
        for key_id in ids
        if (document := documents.get(key_id.text())) and "wrapped" in document
    }
