"""Rotating key-encryption keys while everything runs: only data keys are wrapped anew.

No step needs another process to do anything at the same time, and each may be the last before the
power fails: a rotation that was cut short is simply run again.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, Final, NamedTuple

from shared.database import Database, Document, UpdateOne
from shared.vault.compartments import EACH_ITS_OWN, KEY_NAMES, own_subject
from shared.vault.data_keys import COLLECTION
from shared.vault.key_id import KeyId
from shared.vault.wrapping import KeyEncryptionKeys, KeysUnavailableError, Wrapped

BATCH: Final = 500
ATTEMPTS: Final = 10

Progress = Callable[[int], None]
"""Is told of each batch how many data keys were wrapped anew."""


class KeyVersion(NamedTuple):
    """One version of a key-encryption key."""

    name: str
    version: str
    current: bool
    data_keys: int
    """How many data keys are wrapped under it."""


class Rotated(NamedTuple):
    """A rotation that is done but for the destruction of the old versions."""

    name: str
    version: str
    old: tuple[str, ...]
    rewrapped: int


class KeyRotation:
    """Rotates the key-encryption keys of one system."""

    def __init__(self, vault: Database, keys: KeyEncryptionKeys, *, batch: int = BATCH) -> None:
        self._data_keys = vault.collection(COLLECTION)
        self._keys = keys
        self._batch = batch

    async def versions(self) -> list[KeyVersion]:
        """Return every version there is, the current one of each key last."""
        return [
            KeyVersion(
                name, version, version == versions[-1], await self.wrapped_under(name, version)
            )
            for name in self._keys.names()
            for versions in [await self._keys.versions(name)]
            for version in versions
        ]

    async def unopenable(self) -> int:
        """Return how many data keys are wrapped under versions that there are no more."""
        known = [one.version for one in await self.versions()]
        query = {"wrapped": {"$exists": True}, "wrapped_under": {"$nin": [*known, None]}}
        return await self._data_keys.count_documents(query)

    async def wrapped_under(self, name: str, version: str) -> int:
        """Return how many data keys are wrapped under `version` of key `name`."""
        return await self._data_keys.count_documents(await self._under(name, version))

    async def begin(self, name: str) -> Rotated:
        """Make a new version of key `name`, unless a rotation is under way, and return what is old.

        Raises:
            KeysUnavailableError: the keys cannot be changed now.
        """
        versions = await self._keys.versions(name)
        for withdrawn in versions[:-1]:
            await self._keys.withdraw(withdrawn, undo=True)
        if len(versions) == 1:
            versions.append(await self._keys.add_version(name))
        return Rotated(name, versions[-1], tuple(versions[:-1]), 0)

    async def left(self, begun: Rotated) -> int:
        """Return how many data keys are still wrapped under old versions."""
        return sum([await self.wrapped_under(begun.name, version) for version in begun.old])

    async def rewrap(self, begun: Rotated, progress: Progress = lambda _: None) -> Rotated:
        """Wrap every data key of the old versions anew; keys destroyed meanwhile stay so.

        Raises:
            KeysUnavailableError: a data key does not open; its old version has to stay.
        """
        done = 0
        for version in begun.old:
            in_vain = 0
            while (changed := await self._pass(begun.name, version, progress)) is not None:
                done += changed
                in_vain = 0 if changed else in_vain + 1
                if in_vain == ATTEMPTS:
                    raise KeysUnavailableError(f"data keys under {version} cannot be replaced")
        return begun._replace(rewrapped=begun.rewrapped + done)

    async def retire(self, begun: Rotated) -> Rotated:
        """Destroy the old versions, once nothing is wrapped under them and nothing can be any more.

        A process that had taken an old version into its hands before may just have wrapped a new
        data key under it. So nobody may have the version before it is looked for the last time.

        Raises:
            KeysUnavailableError: data keys keep being made under an old version.
        """
        for version in begun.old:
            for _ in range(ATTEMPTS):
                await self._keys.withdraw(version)
                if not await self.wrapped_under(begun.name, version):
                    break
                await self._keys.withdraw(version, undo=True)
                begun = await self.rewrap(begun)
            else:
                raise KeysUnavailableError(f"data keys keep being made under {version}")
            await self._keys.destroy(begun.name, version)
        return begun

    async def _pass(self, name: str, version: str, progress: Progress) -> int | None:
        """Go once through the data keys under `version`; `None` when there were none."""
        found = changed = 0
        async for batch in self._batches(await self._under(name, version)):
            wrapped = {
                KeyId.parse(document["_id"]): Wrapped(
                    document["wrapped"], document.get("wrapped_under")
                )
                for document in batch
            }
            renewed = await self._keys.rewrap(name, wrapped)
            written = await self._write(wrapped, renewed)
            found, changed = found + len(batch), changed + written
            progress(written)
        if not found:
            return None
        return changed

    async def _batches(self, query: Mapping[str, Any]) -> AsyncIterator[list[Document]]:
        last = ""
        while True:
            page = {**query, "_id": {"$gt": last}}
            cursor = self._data_keys.find(page, {"wrapped": 1, "wrapped_under": 1})
            batch = await cursor.sort("_id", 1).limit(self._batch).to_list(self._batch)
            if not batch:
                return
            yield batch
            last = batch[-1]["_id"]

    async def _write(
        self, wrapped: Mapping[KeyId, Wrapped], renewed: Mapping[KeyId, Wrapped]
    ) -> int:
        """Replace what is still as it was read: what was destroyed meanwhile stays destroyed."""
        updates = [
            UpdateOne(
                {"_id": key_id.text(), "wrapped": wrapped[key_id].data},
                {"$set": {"wrapped": one.data, "wrapped_under": one.under}},
            )
            for key_id, one in renewed.items()
        ]
        return (await self._data_keys.bulk_write(updates, ordered=False)).modified_count

    async def _under(self, name: str, version: str) -> dict[str, Any]:
        """Return the query for the data keys under `version` of key `name`."""
        first = (await self._keys.versions(name))[0] == version
        query: dict[str, Any] = {
            # Where none was recorded, it is the first.
            "wrapped_under": {"$in": [version, None]} if first else version,
            "category": KEY_NAMES[name],
            "wrapped": {"$exists": True},
        }
        if KEY_NAMES[name] in EACH_ITS_OWN:
            query["subject"] = own_subject(name.partition("-")[2])
        return query
