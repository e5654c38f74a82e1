"""Rebuilding a read model from nothing beside the one in use, and comparing the two."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Final

from aiokafka import TopicPartition
from pydantic import BaseModel

from shared.consuming.draft import Draft
from shared.consuming.history import Happening, History, Offsets
from shared.consuming.projections import REVISION, Projection, Projector
from shared.consuming.versions import Versions
from shared.database import Collection, Database, Document
from shared.settings import Settings

BATCH: Final = 30_000
"""Happenings folded together: the more of one document, the less each costs."""
BATCH_BYTES: Final = 32 * 1024 * 1024
EXAMPLES: Final = 10
DRAFT_SUFFIX: Final = ".rebuild"

Progress = Callable[[int, int], None]
"""Told how many records were folded, of how many."""
Hold = Callable[[], AbstractAsyncContextManager[object]]
"""Keeps the read model in use as it is, as long as the context lasts."""
Positions = Callable[[], Awaitable[Mapping[TopicPartition, int]]]
"""Tells how far the read model in use has come."""


class SupersededError(Exception):
    """Another release wants another version of the read model."""


class Comparison(BaseModel):
    """What differs between a read model in use and the one made anew. Nothing should."""

    documents: int
    missing: int = 0
    """Documents that should be there and are not."""
    surplus: int = 0
    """Documents that should not be there."""
    different: int = 0
    examples: list[str] = []
    """Ids of some documents that differ, in any of these ways."""

    @property
    def equal(self) -> bool:
        """Whether nothing differs."""
        return not (self.missing or self.surplus or self.different)


class Rebuilder:
    """Folds the whole history into a draft collection while the read model in use serves on."""

    def __init__(
        self, projector: Projector, database: Database, settings: Settings, versions: Versions
    ) -> None:
        self._versions = versions
        self._projector = projector
        self._database = database
        self._settings = settings

    async def rebuild(self, projection: Projection, hold: Hold, progress: Progress) -> int:
        """Put a read model made anew in the place of the one in use; return the records read.

        The one in use goes on until the draft has caught up; `hold` is entered for the rest and
        the exchange. What both have seen is recognised when it arrives again.

        Raises:
            SupersededError: another release wants another version of it.
        """
        draft = await self._draft(projection)
        async with self._history(projection) as history:
            await self._fold(draft, history, await history.ends(), progress)
            async with hold():
                await self._fold(draft, history, await history.ends(), progress)
                if not await self._versions.is_wanted(projection.name):
                    await draft.collection.drop()
                    raise SupersededError(projection.name)
                await self._database.rename(draft.collection.name, projection.name)
                await self._versions.reached(projection.name)
            return history.records

    async def verify(
        self, projection: Projection, hold: Hold, positions: Positions, progress: Progress
    ) -> Comparison:
        """Compare the read model in use with one made anew up to the same records."""
        draft = await self._draft(projection)
        async with self._history(projection) as history:
            reached = _up_to(await history.ends(), await positions())
            await self._fold(draft, history, reached, progress)
            async with hold():
                reached = _up_to(await history.ends(), await positions())
                await self._fold(draft, history, reached, progress)
                live = self._database.collection(projection.name)
                beside = frozenset(projection.beside)
                comparison = await _compare(live, draft.collection, beside)
        await draft.collection.drop()
        return comparison

    async def _draft(self, projection: Projection) -> Draft:
        name = projection.name + DRAFT_SUFFIX
        collection = self._database.collection(name)
        await collection.drop()
        await self._database.create(name)
        await self._database.ensure_indexes(name, projection.indexes)
        return Draft(self._projector, projection, collection)

    def _history(self, projection: Projection) -> History:
        # Malformed records are in the dead-letter topic since they first came.
        return History(
            self._settings,
            projection.topics,
            lambda records: self._projector.decoded(records, keep_malformed=False),
        )

    async def _fold(
        self,
        draft: Draft,
        history: History,
        ends: Offsets,
        progress: Progress,
    ) -> None:
        total = history.records + history.left(ends)
        batch: list[Happening] = []
        size = 0
        async for happening in history.until(ends):
            batch.append(happening)
            size += len(happening[1].value or b"")
            if len(batch) == BATCH or size >= BATCH_BYTES:
                await draft.fold(batch)
                progress(history.records, total)
                batch, size = [], 0
        await draft.fold(batch)
        await draft.write()
        progress(total, total)


def _up_to(ends: Offsets, positions: Mapping[TopicPartition, int]) -> dict[TopicPartition, int]:
    return {partition: positions.get(partition, end) for partition, end in ends.items()}


async def _compare(live: Collection, draft: Collection, beside: frozenset[str]) -> Comparison:
    result = Comparison(documents=0)
    ours, theirs = _in_order(live), _in_order(draft)
    one, other = await anext(ours, None), await anext(theirs, None)
    while one is not None or other is not None:
        result.documents += 1
        if other is None or (one is not None and one["_id"] < other["_id"]):
            result.surplus += 1
            _note(result, one)
            one = await anext(ours, None)
        elif one is None or other["_id"] < one["_id"]:
            result.missing += 1
            _note(result, other)
            other = await anext(theirs, None)
        else:
            if _comparable(one, beside) != _comparable(other, beside):
                result.different += 1
                _note(result, one)
            one, other = await anext(ours, None), await anext(theirs, None)
    return result


def _note(result: Comparison, document: Document | None) -> None:
    if document is not None and len(result.examples) < EXAMPLES:
        result.examples.append(str(document["_id"]))


async def _in_order(collection: Collection) -> AsyncIterator[Document]:
    async for document in collection.find({}).sort("_id", 1):
        yield document


def _comparable(document: Document, beside: frozenset[str]) -> Document:
    return {k: v for k, v in document.items() if k != REVISION and k not in beside}
