"""Projections: public events folded into read models, batch by batch, each event once.

Every document carries the last sequence it has seen of each stream. An event at or below it has
been folded before, so redelivery changes nothing; a replaced document whose revision has moved on
is folded anew. Deleted documents leave a tombstone, so that a late event cannot bring them back.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Final

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_random_exponential

from shared import telemetry
from shared.consuming.dead_letters import DeadLetters
from shared.consuming.envelope import Envelope, MalformedEventError, Record, decode
from shared.consuming.reactions import until_kept
from shared.database import (
    DUPLICATE_KEY,
    BulkWriteError,
    Collection,
    Database,
    Document,
    IndexModel,
    PyMongoError,
    ReplaceOne,
)
from shared.personal import Personal

SEEN: Final = "_seen"
REVISION: Final = "_rev"
TOMBSTONE: Final = "_gone"

log = telemetry.logger(__name__)


class Projection(ABC):
    """A read model and the pure fold that makes it."""

    name: ClassVar[str]
    """Collection of the read model."""
    topics: ClassVar[tuple[str, ...]]
    indexes: ClassVar[tuple[IndexModel, ...]] = ()
    beside: ClassVar[tuple[str, ...]] = ()
    """Fields that other parts of the service keep in the documents; made again after a rebuild."""

    @abstractmethod
    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Return the ids of the documents that `envelope` concerns; none to ignore it."""

    @abstractmethod
    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        """Return the document after `envelope`; pure, without mutating its input.

        `None` deletes the document for good, or leaves things as they are where there is none.
        """


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
        dead_letters: DeadLetters,
        namespace: str,
    ) -> None:
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
            await self.fold_into(projection, envelopes, self._database.collection(projection.name))

    async def decoded(
        self, records: Sequence[Record], *, keep_malformed: bool = True
    ) -> list[tuple[Envelope, Record]]:
        """Return the envelopes of `records`; malformed ones go to the dead-letter topic.

        A rebuild passes `keep_malformed=False`, since they are there already.
        """
        envelopes = []
        for record in records:
            try:
                envelope = decode(record)
            except MalformedEventError as error:
                if keep_malformed:
                    await self._bury(record, f"malformed: {error}")
            else:
                if envelope is not None:
                    envelopes.append((envelope, record))
        return envelopes

    async def fold_into(
        self,
        projection: Projection,
        envelopes: Sequence[tuple[Envelope, Record]],
        collection: Collection,
    ) -> None:
        """Fold `envelopes` into `projection`'s documents in `collection`, one bulk write."""
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
                await self._fold_once(projection, relevant, collection)

    async def _fold_once(
        self,
        projection: Projection,
        envelopes: Sequence[tuple[Envelope, Record]],
        collection: Collection,
    ) -> None:
        concerned: dict[str, list[tuple[Envelope, Record]]] = {}
        for envelope, record in envelopes:
            for key in projection.keys(envelope):
                concerned.setdefault(key, []).append((envelope, record))
        if not concerned:
            return
        cursor = collection.find({"_id": {"$in": list(concerned)}})
        stored = {document["_id"]: document async for document in cursor}
        writes = []
        for key, events in concerned.items():
            replacement = await self._folded(projection, key, stored.get(key), events)
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

    async def _folded(
        self,
        projection: Projection,
        key: str,
        stored: Document | None,
        events: Sequence[tuple[Envelope, Record]],
    ) -> Document | None:
        seen: dict[str, int] = dict(stored[SEEN]) if stored else {}
        gone = stored is not None and TOMBSTONE in stored
        body = None if stored is None or gone else visible(stored)
        changed = False
        for envelope, record in events:
            stream = envelope.source + ":" + envelope.stream
            if envelope.sequence <= seen.get(stream, 0):
                continue
            seen[stream] = envelope.sequence
            changed = True
            if gone:
                continue
            try:
                folded = projection.fold(body, envelope)
            except Exception as error:
                log.exception("fold failed", projection=projection.name)
                await self._bury(record, f"{projection.name}: {type(error).__name__}")
                continue
            gone = folded is None and body is not None
            body = folded
        if not changed:
            return None
        revision = (stored[REVISION] if stored else 0) + 1
        hidden = {"_id": key, SEEN: seen, REVISION: revision}
        if gone:
            return {**hidden, TOMBSTONE: True}
        return None if body is None else {**body, **hidden}

    async def _bury(self, record: Record, reason: str) -> None:
        await until_kept(
            lambda: self._dead_letters.put(record, consumer=self._group, reason=reason, attempts=1)
        )


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

    async def count(self, query: Mapping[str, Any] | None = None) -> int:
        """Return how many documents match `query`."""
        return await self._collection.count_documents(_living(query))


def _tell(attempt: RetryCallState) -> None:
    error = attempt.outcome.exception() if attempt.outcome else None
    if not isinstance(error, ConcurrentFoldError):
        log.warning("projections wait for the database", error=type(error).__name__)


def visible(document: Document) -> Document:
    """Return `document` without the runner's own fields and id."""
    return {k: v for k, v in document.items() if k not in {"_id", SEEN, REVISION, TOMBSTONE}}


def _public(document: Document) -> Document:
    return {"_id": document["_id"], **visible(document)}


def _living(query: Mapping[str, Any] | None) -> Document:
    return {**(query or {}), TOMBSTONE: {"$exists": False}}
