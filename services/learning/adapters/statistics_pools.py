"""The pools of the statistics: one document a module, encrypted, changed by compare-and-set.

A pool is no read model: contributions are added to it and nowhere else, so that no store, topic or
backup ever holds the figures of one person as a fact of its own. Its document says neither when nor
by how much it changed; who reads the database without the key sees how often it did.
"""

from collections.abc import Callable
from typing import Final

from pydantic import TypeAdapter
from tenacity import AsyncRetrying, retry_if_exception_type, wait_random

from services.learning.application.handle import NOBODY
from services.learning.domain.statistics.pool import Pool
from shared.database import Database, Document, DuplicateKeyError
from shared.personal import Category, Erased, Personal, Sealed
from shared.vault import KeyId, Vault

COLLECTION: Final = "statistics_pools"
FIELD: Final = "pool"

_POOL: Final[TypeAdapter[Pool]] = TypeAdapter(Pool)


class PoolMovedError(Exception):
    """Somebody else changed the pool meanwhile."""


class PoolUnreadableError(Exception):
    """The key of the pool is gone: what had been contributed and not been shown is lost."""


class StatisticsPools:
    """What has been contributed to each module and is not shown in full detail yet."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._pools = database.collection(COLLECTION)
        self._vault = vault

    async def modules(self) -> list[str]:
        """Return the modules that anything was ever contributed to."""
        return sorted([document["_id"] async for document in self._pools.find({}, {"_id": 1})])

    async def change(self, module_id: str, change: Callable[[Pool], Pool]) -> Pool:
        """Put `change` of the module's pool in its place, whoever else changes it, and return it.

        Raises:
            PoolUnreadableError: its key is gone.
        """
        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type(PoolMovedError), wait=wait_random(0, 0.02)
        ):
            with attempt:
                return await self._change_once(module_id, change)
        raise PoolMovedError

    async def _change_once(self, module_id: str, change: Callable[[Pool], Pool]) -> Pool:
        key = KeyId(NOBODY, Category.LEARNING_HISTORY, module_id)
        found = await self._pools.find_one({"_id": module_id})
        before = Pool() if found is None else await self._opened(found)
        after = change(before)
        if after == before:
            return before
        sealed = await self._vault.seal(
            _POOL.dump_python(after, mode="json"), key_id=key, field=FIELD
        )
        revision = 0 if found is None else int(found["revision"])
        document: Document = {
            "_id": module_id,
            "revision": revision + 1,
            FIELD: sealed.model_dump(mode="json"),
        }
        try:
            replaced = await self._pools.replace_one(
                {"_id": module_id, "revision": revision}, document, upsert=found is None
            )
        except DuplicateKeyError as error:
            raise PoolMovedError from error
        if found is not None and not replaced.matched_count:
            raise PoolMovedError
        return after

    async def _opened(self, document: Document) -> Pool:
        sealed = Personal[object](Sealed.model_validate(document[FIELD]))
        plain = (await self._vault.open(sealed)).reveal()
        if isinstance(plain, Erased):
            raise PoolUnreadableError
        return _POOL.validate_python(plain)
