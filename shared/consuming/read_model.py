"""Read models as they are asked, and the fields that their runner keeps in them."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final

from shared.database import Collection, Document

SEEN: Final = "_seen"
REVISION: Final = "_rev"
TOMBSTONE: Final = "_gone"
EACH: Final = 500
"""Documents that are read together."""


class ReadModel:
    """Queries over the documents of one projection; tombstones are never returned."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    async def get(self, key: str) -> Document | None:
        """Return the document with id `key`, or `None`."""
        document = await self._collection.find_one({"_id": key, TOMBSTONE: {"$exists": False}})
        return None if document is None else _public(document)

    async def find(
        self,
        query: Mapping[str, Any] | None = None,
        *,
        sort: Sequence[tuple[str, int]] = (("_id", 1),),
        skip: int = 0,
        limit: int = 100,
    ) -> list[Document]:
        """Return at most `limit` documents that match `query`, in the given order."""
        cursor = self._collection.find(_living(query)).sort(list(sort)).skip(skip).limit(limit)
        return [_public(document) async for document in cursor]

    async def each(self, query: Mapping[str, Any] | None = None) -> AsyncIterator[Document]:
        """Yield every document that matches `query`, by id, in pages so that memory stays flat."""
        living, last = _living(query), ""
        while page := await self.find({**living, "_id": {"$gt": last}}, limit=EACH):
            for document in page:
                yield document
            last = page[-1]["_id"]

    async def count(self, query: Mapping[str, Any] | None = None) -> int:
        """Return how many documents match `query`."""
        return await self._collection.count_documents(_living(query))


def visible(document: Document) -> Document:
    """Return `document` without the runner's own fields and id."""
    return {k: v for k, v in document.items() if k not in {"_id", SEEN, REVISION, TOMBSTONE}}


def _public(document: Document) -> Document:
    return {"_id": document["_id"], **visible(document)}


def _living(query: Mapping[str, Any] | None) -> Document:
    return {**(query or {}), TOMBSTONE: {"$exists": False}}
