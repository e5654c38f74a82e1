"""Projections: public events folded into read models, batch by batch, each event once.

Every document carries the last sequence it has seen of each stream. An event at or below it has
been folded before, so redelivery changes nothing; a replaced document whose revision has moved on
is folded anew. Deleted documents leave a tombstone, so that a late event cannot bring them back.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any, Final

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_random_exponential

from shared import telemetry
from shared.consuming.dead_letters import MALFORMED, DeadLetterKeeper
from shared.consuming.envelope import Envelope, MalformedEventError, Record, decode
from shared.consuming.folding import BatchProjection, Projection, fold_each, fresh_among
from shared.consuming.read_model import REVISION, SEEN, TOMBSTONE, ReadModel, visible
from shared.database import (
    DUPLICATE_KEY,
    BulkWriteError,
    Database,
    Document,
    PyMongoError,
    ReplaceOne,
    UnstorableError,
    storable,
)
from shared.for_each import for_each
from shared.personal import Personal

# fmt: off
__all__ = [
    "REVISION", "SEEN", "TOMBSTONE", "BatchProjection", "ConcurrentFoldError", "Projection",
    "Projector", "ReadModel", "sealed_json", "visible",
]
# fmt: on

BURIED_AT_ONCE: Final = 16

log = telemetry.logger(__name__)


def sealed_json(value: Personal[Any] | None) -> Document | None:
    """Return a sealed personal value as a read model keeps it; `None` stays `None`."""
    if value is None:
        return None
    if value.sealed is None:
        raise TypeError("a read model keeps sealed values only")
    return value.sealed.model_dump(mode="json")


class ConcurrentFoldError(Exception):
    """Another replica replaced a document meanwhile."""


class Projector:
    """Folds batches of records into all read models of one service."""

    def __init__(
        self,
        group: str,
        projections: Sequence[Projection],
        database: Database,
        dead_letters: DeadLetterKeeper,
        namespace: str,
        *,
        stand_back: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Fold into `projections`; where somebody else wrote as well, `stand_back` before again."""
        self._stand_back = stand_back
        self._group = group
        self._projections = projections
        self._database = database
        self._dead_letters = dead_letters
        self._namespace = namespace

    async def prepare(self) -> None:
        """Create the indexes of every read model."""
        for projection in self._projections:
            await self._database.ensure_indexes(projection.name, projection.indexes)

    async def process(self, records: Sequence[Record]) -> None:
        """Fold `records` into every read model that listens to their topic."""
        envelopes = await self.decoded(records)
        for projection in self._projections:
            await self._fold(projection, envelopes)

    async def decoded(
        self, records: Sequence[Record], *, keep_malformed: bool = True
    ) -> list[tuple[Envelope, Record]]:
        """Return the envelopes of `records`; malformed ones go to the dead-letter topic.

        A rebuild passes `keep_malformed=False`, since they are there already.
        """
        envelopes = []
        malformed: list[tuple[Record, str]] = []
        for record in records:
            try:
                envelope = decode(record)
            except MalformedEventError as error:
                malformed.append((record, f"{MALFORMED}{error}"))
            else:
                if envelope is not None:
                    envelopes.append((envelope, record))
        if keep_malformed:
            await for_each(malformed, lambda one: self._bury(*one), at_once=BURIED_AT_ONCE)
        return envelopes

    async def _fold(
        self, projection: Projection, envelopes: Sequence[tuple[Envelope, Record]]
    ) -> None:
        """Fold `envelopes` into `projection`'s documents, one bulk write."""
        topics = {self._namespace + topic for topic in projection.topics}
        relevant = [(e, r) for e, r in envelopes if e.topic in topics]
        if not relevant:
            return
        # Whatever the database says: a batch that was left would be missing without a trace.
        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type((ConcurrentFoldError, PyMongoError)),
            before_sleep=_tell,
            wait=wait_random_exponential(multiplier=0.02, max=2),
        ):
            with attempt:
                if self._stand_back is not None and attempt.retry_state.attempt_number > 1:
                    await self._stand_back()
                await self._fold_once(projection, relevant)

    async def _fold_once(
        self,
        projection: Projection,
        envelopes: Sequence[tuple[Envelope, Record]],
    ) -> None:
        concerned = self.concerned(projection, envelopes)
        if not concerned:
            return
        collection = self._database.collection(projection.name)
        cursor = collection.find({"_id": {"$in": list(concerned)}})
        stored = {document["_id"]: document async for document in cursor}
        writes = []
        for key, events in concerned.items():
            replacement = await self.folded(projection, key, stored.get(key), events)
            if replacement is not None:
                guard = {"_id": key, REVISION: replacement[REVISION] - 1}
                writes.append(ReplaceOne(guard, replacement, upsert=True))
        if not writes:
            return
        try:
            await collection.bulk_write(writes, ordered=False)
        except BulkWriteError as error:
            if any(e["code"] != DUPLICATE_KEY for e in error.details["writeErrors"]):
                raise
            raise ConcurrentFoldError(projection.name) from error

    @staticmethod
    def concerned(
        projection: Projection, envelopes: Iterable[tuple[Envelope, Record]]
    ) -> dict[str, list[tuple[Envelope, Record]]]:
        """Return `envelopes` by the ids of the documents that they concern."""
        concerned: dict[str, list[tuple[Envelope, Record]]] = {}
        for envelope, record in envelopes:
            for key in projection.keys(envelope):
                concerned.setdefault(key, []).append((envelope, record))
        return concerned

    async def folded(
        self,
        projection: Projection,
        key: str,
        stored: Document | None,
        events: Sequence[tuple[Envelope, Record]],
    ) -> Document | None:
        """Return what document `key` becomes by `events`; `None` where nothing is to be written.

        An event that cannot be folded goes to the dead-letter topic, the others are folded.
        """
        seen: dict[str, int] = dict(stored[SEEN]) if stored else {}
        fresh = fresh_among(events, seen)
        if not fresh:
            return None
        gone = stored is not None and TOMBSTONE in stored
        body = None if stored is None or gone else visible(stored)
        if not gone:
            body, gone = await self._body(projection, body, fresh)
        revision = (stored[REVISION] if stored else 0) + 1
        hidden = {"_id": key, SEEN: seen, REVISION: revision}
        if gone:
            return {**hidden, TOMBSTONE: True}
        return None if body is None else {**body, **hidden}

    async def _body(
        self,
        projection: Projection,
        body: Document | None,
        events: Sequence[tuple[Envelope, Record]],
    ) -> tuple[Document | None, bool]:
        """Return the body after `events` and whether they deleted the document."""
        if isinstance(projection, BatchProjection):
            # One of them may be at fault: then they are taken one by one.
            with suppress(Exception):
                return storable(projection.fold_all(body, [e for e, _ in events])), False
        folding = fold_each(projection, body, events)
        try:
            storable(folding.body)
        except UnstorableError:
            folding = fold_each(projection, body, events, after_each=storable)
        for record, reason in folding.failures:
            await self._bury(record, f"{projection.name}: {reason}")
        return folding.body, folding.deleted

    async def _bury(self, record: Record, defect: str) -> None:
        await self._dead_letters.keep(
            record, consumer=self._group, attempts=[self._dead_letters.attempt(defect)]
        )


def _tell(attempt: RetryCallState) -> None:
    error = attempt.outcome.exception() if attempt.outcome else None
    if not isinstance(error, ConcurrentFoldError):
        log.warning("projections wait for the database", error=type(error).__name__)
