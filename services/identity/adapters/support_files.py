"""Attachments of support requests, and of official demands, each sealed whole under its key."""

from collections.abc import Iterable
from typing import Final

from shared.database import Database, IndexModel
from shared.events.base import SubjectId
from shared.personal import Category
from shared.vault import KeyId, Vault

COLLECTION: Final = "support_files"


class SupportFiles:
    """Keeps and gives back bytes; what a file is called stands in the events."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        collection: str = COLLECTION,
        category: Category = Category.SUPPORT,
    ) -> None:
        """Keep files in `collection`, under the keys of objects of `category`."""
        self._database = database
        self._collection = collection
        self._rows = database.collection(collection)
        self._vault = vault
        self._category = category

    async def prepare(self) -> None:
        """Create the index by which an erasure finds them."""
        index = IndexModel([("subject", 1), ("request", 1)])
        await self._database.ensure_indexes(self._collection, [index])

    async def keep(self, file_id: str, subject: SubjectId, request: str, content: bytes) -> None:
        """Keep a file, before the fact that names it; repeating it changes nothing.

        Raises:
            KeyClosedError: the request has been forgotten.
        """
        # A new request has no key yet: sealing a value makes it.
        await self._vault.seal("file", key_id=self._key(subject, request), field="file")
        sealed = await self._vault.seal_within(content, [self._key(subject, request)])
        row = {"_id": file_id, "subject": subject, "request": request, "content": sealed}
        await self._rows.replace_one({"_id": file_id}, row, upsert=True)

    async def content(self, file_id: str) -> bytes | None:
        """Return a file, or `None` where it is not, or has been forgotten."""
        row = await self._rows.find_one({"_id": file_id})
        if row is None:
            return None
        scope = self._key(SubjectId(row["subject"]), row["request"])
        return await self._vault.open_within(bytes(row["content"]), [scope])

    async def forget(self, subject: SubjectId, requests: Iterable[str]) -> int:
        """Delete the files of some requests and return how many there were."""
        query = {"subject": subject, "request": {"$in": sorted(requests)}}
        return (await self._rows.delete_many(query)).deleted_count

    async def forget_erased(self) -> int:
        """Delete the files whose key is gone, which a restore brought back; return how many."""
        forgotten = 0
        async for row in self._rows.find({}, {"subject": 1, "request": 1}):
            if await self._vault.is_destroyed(self._key(SubjectId(row["subject"]), row["request"])):
                forgotten += (await self._rows.delete_one({"_id": row["_id"]})).deleted_count
        return forgotten

    def _key(self, subject: SubjectId, request: str) -> KeyId:
        return KeyId(subject, self._category, request)
