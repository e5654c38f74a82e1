"""A read model in the making: folded in memory, each document written once and not once a batch.

What was touched lately is held as it is, the rest packed, and only what exceeds that is written out
and read again when it is needed.
"""

import asyncio
from collections.abc import Collection as Some
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final

from tenacity import AsyncRetrying, retry_if_exception_type, wait_random_exponential

from shared.consuming.envelope import Envelope, Record
from shared.consuming.projections import Projection, Projector
from shared.database import (
    AutoReconnect,
    Collection,
    Document,
    InsertOne,
    ReplaceOne,
    decoded,
    encoded,
)

ROOM: Final = 20_000
"""Documents held as they are."""
PACKED_BYTES: Final = 256 * 1024 * 1024
"""What packed documents may take in all."""
WRITES: Final = 1_000
TURN: Final = 100
"""Documents after which the service that rebuilds gets to do something else."""


class Draft:
    """Folds into a collection that nobody else writes to."""

    def __init__(
        self,
        projector: Projector,
        projection: Projection,
        collection: Collection,
        *,
        room: int = ROOM,
        packed_bytes: int = PACKED_BYTES,
    ) -> None:
        """Begin with an empty `collection`; hold `room` documents, and `packed_bytes` packed."""
        self.collection = collection
        self._projector = projector
        self._projection = projection
        self._room = room
        self._packed_bytes = packed_bytes
        self._documents: dict[str, Document] = {}
        """The one touched longest ago first."""
        self._packed: dict[str, bytes] = {}
        self._packed_size = 0
        self._stored: set[str] = set()
        """Ids among those in memory that the collection has, in an older state."""
        self._begun = False

    async def fold(self, events: Sequence[tuple[Envelope, Record]]) -> None:
        """Fold `events`, in their order."""
        concerned = self._projector.concerned(self._projection, events)
        await self._take_up(concerned.keys() - self._documents.keys())
        for number, (key, happened) in enumerate(concerned.items()):
            if number % TURN == 0:
                await asyncio.sleep(0)
            known = self._documents.pop(key, None)
            folded = await self._projector.folded(self._projection, key, known, happened)
            document = known if folded is None else folded
            if document is not None:
                self._documents[key] = document
        if len(self._documents) > self._room:
            self._pack(len(self._documents) - self._room // 2)
        if self._packed_size > self._packed_bytes:
            longest_ago = list(islice(self._packed, len(self._packed) // 2 + 1))
            await self._write_out(map(self._unpack, longest_ago))

    async def write(self) -> None:
        """Write out what is in memory."""
        await self._write_out(self._documents.values())
        self._documents.clear()
        await self._write_out(map(self._unpack, list(self._packed)))

    async def _write_out(self, documents: Iterable[Document]) -> None:
        rest = iter(documents)
        while part := list(islice(rest, WRITES)):
            new = [InsertOne(one) for one in part if one["_id"] not in self._stored]
            old = [_replacement(one) for one in part if one["_id"] in self._stored]
            try:
                await self.collection.bulk_write([*new, *old], ordered=False)
            except AutoReconnect:
                # Nobody knows how many were taken; a replacement may be repeated.
                await self._insist(part)
            self._begun = True
            self._stored.difference_update(one["_id"] for one in part)

    async def _insist(self, documents: Sequence[Document]) -> None:
        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type(AutoReconnect),
            wait=wait_random_exponential(multiplier=0.02, max=2),
        ):
            with attempt:
                await self.collection.bulk_write(
                    [_replacement(one) for one in documents], ordered=False
                )

    async def _take_up(self, keys: Some[str]) -> None:
        """Have the documents of `keys`, as far as there are any, as they are."""
        packed = [key for key in keys if key in self._packed]
        for key in packed:
            self._documents[key] = self._unpack(key)
        elsewhere = list(set(keys).difference(packed))
        if not (self._begun and elsewhere):
            return
        async for document in self.collection.find({"_id": {"$in": elsewhere}}):
            self._documents[document["_id"]] = document
            self._stored.add(document["_id"])

    def _pack(self, count: int) -> None:
        """Pack the `count` documents that were touched longest ago."""
        for key in list(islice(self._documents, count)):
            packed = self._packed[key] = encoded(self._documents.pop(key))
            self._packed_size += len(packed)

    def _unpack(self, key: str) -> Document:
        packed = self._packed.pop(key)
        self._packed_size -= len(packed)
        return decoded(packed)


def _replacement(document: Document) -> ReplaceOne[Document]:
    return ReplaceOne({"_id": document["_id"]}, document, upsert=True)
