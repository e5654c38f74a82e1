"""A read model in the making: folded in memory, each document written once and not once a batch."""

from collections.abc import Sequence
from typing import Final

from tenacity import AsyncRetrying, retry_if_exception_type, wait_random_exponential

from shared.consuming.envelope import Envelope, Record
from shared.consuming.projections import Projection, Projector
from shared.database import AutoReconnect, Collection, Document, InsertOne, ReplaceOne

ROOM: Final = 20_000
"""Documents held in memory; more are written out and read again when they are needed."""
WRITES: Final = 1_000


class Draft:
    """Folds into a collection that nobody else writes to."""

    def __init__(
        self,
        projector: Projector,
        projection: Projection,
        collection: Collection,
        *,
        room: int = ROOM,
    ) -> None:
        """Begin with an empty `collection`; hold at most about `room` documents in memory."""
        self.collection = collection
        self._projector = projector
        self._projection = projection
        self._room = room
        self._documents: dict[str, Document] = {}
        self._stored: set[str] = set()
        """Ids among those in memory that the collection has, in an older state."""
        self._begun = False

    async def fold(self, events: Sequence[tuple[Envelope, Record]]) -> None:
        """Fold `events`, in their order."""
        concerned = self._projector.concerned(self._projection, events)
        await self._recall(concerned.keys() - self._documents.keys())
        for key, happened in concerned.items():
            folded = await self._projector.folded(
                self._projection, key, self._documents.get(key), happened
            )
            if folded is not None:
                self._documents[key] = folded
        if len(self._documents) > self._room:
            await self.write()

    async def write(self) -> None:
        """Write out what is in memory."""
        documents = list(self._documents.values())
        for start in range(0, len(documents), WRITES):
            part = documents[start : start + WRITES]
            new = [InsertOne(one) for one in part if one["_id"] not in self._stored]
            old = [_replacement(one) for one in part if one["_id"] in self._stored]
            try:
                await self.collection.bulk_write([*new, *old], ordered=False)
            except AutoReconnect:
                # Nobody knows how many were taken; a replacement may be repeated.
                await self._insist(part)
        self._begun = self._begun or bool(documents)
        self._documents.clear()
        self._stored.clear()

    async def _insist(self, documents: Sequence[Document]) -> None:
        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type(AutoReconnect),
            wait=wait_random_exponential(multiplier=0.02, max=2),
        ):
            with attempt:
                await self.collection.bulk_write(
                    [_replacement(one) for one in documents], ordered=False
                )

    async def _recall(self, keys: set[str]) -> None:
        if not (self._begun and keys):
            return
        async for document in self.collection.find({"_id": {"$in": list(keys)}}):
            self._documents[document["_id"]] = document
            self._stored.add(document["_id"])


def _replacement(document: Document) -> ReplaceOne[Document]:
    return ReplaceOne({"_id": document["_id"]}, document, upsert=True)
