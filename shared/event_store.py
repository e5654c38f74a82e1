"""The event store: commits appended to streams, one MongoDB document each.

A commit is atomic without a transaction because it is one document; the unique index on
(stream, version) is the optimistic lock; and it is its own outbox, marked until the relay has
published it. Many streams can begin in one commit: its `stream` and `subject` are then lists, and
the index holds each.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from shared import telemetry
from shared.clock import Clock
from shared.database import (
    Database,
    Document,
    DuplicateKeyError,
    IndexModel,
    RawBSONDocument,
    encoded,
)
from shared.events.base import Event, SubjectId
from shared.events.registry import EventTypes
from shared.group_commit import GroupCommit
from shared.ids import id_after, new_id
from shared.relay.shards import shard_of
from shared.requests import first_id
from shared.snapshots import Snapshots
from shared.vault import KeyClosedError, KeyId, Opened, Vault

if TYPE_CHECKING:
    from shared.consuming.envelope import Envelope
    from shared.http.auth import Principal
    from shared.requests import RequestIdentity

COLLECTION: Final = "commits"
HEADS_KEPT: Final = 10_000
STREAMS_BEGUN: Final = 50
"""Streams that begin in one commit at most: whoever reads one of them reads past the others."""
LARGEST_COMMIT_BYTES: Final = 512 * 1024
"""Half of what a broker takes as one record by default, so that headers never make it too large."""


Wanted = Callable[[str, SubjectId], bool]
"""Whether the events of a stream, about a subject, are asked for."""


class ConcurrencyConflictError(Exception):
    """Somebody else appended to the stream since it was loaded."""


class EventTooLargeError(Exception):
    """A commit is larger than what a topic takes, so that it could never be published."""


class CommandReusedError(Exception):
    """The id of a command that was carried out has come with another content."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """Why a commit exists: who did it, in which role, caused by what."""

    actor: str
    role: str
    correlation_id: str
    causation_id: str | None = None
    command_id: str | None = None
    reason: str | None = None
    fingerprint: str | None = None
    """Digest of the request's content, which a repetition of `command_id` must have too."""

    def first_id(self, of: str) -> str:
        """Return the id of what the command creates, named `of`: the same for its repetition."""
        return first_id(self.command_id, self.fingerprint, of)

    @classmethod
    def by(cls, principal: "Principal", request: "RequestIdentity") -> "Metadata":
        """Describe `request` of `principal`."""
        return cls.of(request, actor=principal.subject, role=principal.role)

    @classmethod
    def of(cls, request: "RequestIdentity", *, actor: str, role: str) -> "Metadata":
        """Describe `request`, whoever sends it."""
        return cls(
            actor=actor,
            role=role,
            correlation_id=new_id(),
            command_id=request.command_id,
            fingerprint=request.fingerprint,
        )

    @classmethod
    def caused_by(cls, envelope: "Envelope", reaction: str) -> "Metadata":
        """Describe what `reaction` does because of `envelope`, once however often it arrives."""
        return cls(
            actor="system",
            role="system",
            correlation_id=envelope.correlation_id,
            causation_id=envelope.id,
            command_id=f"{reaction}:{envelope.id}",
        )

    @classmethod
    def system(cls, reason: str, *, command_id: str | None = None) -> "Metadata":
        """Describe what the system does by itself, for instance on a schedule."""
        return cls(
            actor="system",
            role="system",
            correlation_id=new_id(),
            command_id=command_id,
            reason=reason,
        )

    def for_step(self, step: str) -> "Metadata":
        """Return the metadata of one of several appends that the same command makes."""
        return replace(self, command_id=f"{self.command_id}:{step}" if self.command_id else None)


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """An event with its place in the store."""

    id: str
    stream: str
    version: int
    """Position in the stream, from 1."""
    subject: SubjectId
    at: datetime
    event: Event
    meta: Metadata


@dataclass(frozen=True, slots=True)
class Commit:
    """The answer to an append."""

    stream: str
    version: int
    """Version of the stream after the append."""
    event_ids: tuple[str, ...]
    repeated: bool = False
    """Whether the command had been carried out before and nothing was appended now."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What a new stream begins with."""

    stream: str
    subject: SubjectId
    events: Sequence[Event]


@dataclass(frozen=True, slots=True)
class Tail:
    """Events of a stream after a version."""

    events: list[RecordedEvent]
    scopes: frozenset[KeyId]
    """Under which the personal values that were opened are sealed."""
    complete: bool
    """Whether the stream ends here."""
    withheld: bool
    """Whether something stayed sealed because of what the request at hand may open."""


class EventStore:
    """Appends to and loads the streams of one service."""

    def __init__(
        self,
        database: Database,
        types: EventTypes[Event],
        vault: Vault,
        clock: Clock,
        wake_relay: Callable[[bytes | None], None],
    ) -> None:
        """Wire the store; `wake_relay` is given each commit, or `None` to look for what waits."""
        self._database = database
        self._commits = database.collection(COLLECTION)
        self._inserts = GroupCommit(self._commits)
        self._heads = Heads()
        self.snapshots = Snapshots(database, vault)
        self._types = types
        self._vault = vault
        self._clock = clock
        self._wake_relay = wake_relay

    async def prepare(self) -> None:
        """Create the indexes."""
        await self.snapshots.prepare()
        await self._database.ensure_indexes(
            COLLECTION,
            [
                IndexModel([("stream", 1), ("version", 1)], unique=True),
                IndexModel([("subject", 1), ("_id", 1)]),
                IndexModel([("command_id", 1)], unique=True, sparse=True),
                IndexModel([("outbox", 1), ("_id", 1)], partialFilterExpression={"outbox": True}),
            ],
        )

    async def append(
        self,
        stream: str,
        expected_version: int,
        events: Sequence[Event],
        *,
        subject: SubjectId,
        meta: Metadata,
    ) -> Commit:
        """Append `events` to `stream`, all or none, with their personal values sealed.

        Args:
            stream: name of the stream.
            expected_version: version the decision was taken on; 0 for a new stream.
            events: at least one event; none only beside a stream, see `nothing_of`.
            subject: the person the stream is about.
            meta: who, why, caused by what; a `command_id` seen before appends nothing again.

        Raises:
            ConcurrencyConflictError: the stream has moved on, or has not come so far.
            EventTooLargeError: the commit is larger than a topic takes.
            KeyClosedError: an event carries data of a scope that has been forgotten.
        """
        try:
            data = await self._vault.seal_events(events)
            previous = await self._previous(stream, expected_version) if events else None
        except (KeyClosedError, ConcurrencyConflictError) as refusal:
            return await self._repeated(meta, refusal)
        document = self._document(stream, subject, expected_version + 1, meta, id_after(previous))
        event_ids = _put_events(document, events, data)
        if meta.command_id is not None:
            document["command_id"] = meta.command_id
        try:
            await self._stored(document, events)
        except DuplicateKeyError:
            return await self._repeated(meta, ConcurrencyConflictError(stream))
        version = expected_version + len(events)
        if events:
            self._heads.remember(stream, version, document["_id"])
            telemetry.events_appended.add(len(events))
        return Commit(stream, version, event_ids)

    async def begin_all(self, begun: Sequence[Begun], *, meta: Metadata) -> None:
        """Begin many streams in one commit, all or none, for the price of one.

        Args:
            begun: at most `STREAMS_BEGUN`, all with as many events.
            meta: who, why, caused by what; what is asked for by a command is appended instead.

        Raises:
            ConcurrencyConflictError: one of them has begun before.
            EventTooLargeError: the commit is larger than a topic takes.
            KeyClosedError: an event carries data of a scope that has been forgotten.
            ValueError: it is not so many, or not alike.
        """
        if not 0 < len(begun) <= STREAMS_BEGUN or len({len(one.events) for one in begun}) != 1:
            raise ValueError("streams that begin together are not too many, and alike")
        events = [event for one in begun for event in one.events]
        data = await self._vault.seal_events(events)
        streams, subjects = [one.stream for one in begun], [one.subject for one in begun]
        document = self._document(streams, subjects, 1, meta, new_id())
        _put_events(document, events, data)
        try:
            await self._stored(document, events)
        except DuplicateKeyError:
            raise ConcurrencyConflictError(streams[0]) from None
        telemetry.events_appended.add(len(events))

    async def load(self, stream: str) -> list[RecordedEvent]:
        """Return the events of `stream` in version order, opened as far as this process may."""
        return (await self.load_tail(stream)).events

    async def load_tail(self, stream: str, *, after: int = 0, commits: int | None = None) -> "Tail":
        """Return what `stream` holds after version `after`, opened as far as this process may.

        Args:
            stream: name of the stream.
            after: version of the end of a commit; 0 for the beginning.
            commits: read at most so many; `None` reads all.
        """
        query = {"stream": stream, "version": {"$gt": after}}
        documents = await self._commits.find(query).sort("version", 1).to_list(commits)
        complete = commits is None or len(documents) < commits
        if complete and documents and documents[-1]["events"]:
            self._heads.remember(stream, commit_end(documents[-1]), documents[-1]["_id"])
        events, opened = await self._opened(documents, lambda name, _: name == stream)
        return Tail(events, opened.scopes, complete, opened.withheld)

    def version_known(self, stream: str) -> int:
        """Return the version that `stream` had when this process last met it, or 0."""
        return self._heads.version(stream)

    async def load_subject(
        self, subject: SubjectId, *, since: datetime | None = None
    ) -> list[RecordedEvent]:
        """Return every event about `subject` in this service, in the order of their commits.

        With `since` only what was committed from that instant on.
        """
        query: Document = {"subject": subject}
        if since is not None:
            query["at"] = {"$gte": since}
        documents = await self._commits.find(query).sort("_id", 1).to_list(None)
        return (await self._opened(documents, lambda _, about: about == subject))[0]

    async def subjects_of(self, streams: Sequence[str]) -> dict[str, SubjectId]:
        """Return whom those of `streams` that exist are about."""
        query = {"stream": {"$in": list(streams)}, "version": 1}
        found = self._commits.find(query, {"stream": 1, "subject": 1})
        wanted = frozenset(streams)
        return {
            stream: subject
            async for one in found
            for stream, subject in streams_of(one)
            if stream in wanted
        }

    async def load_begun(
        self, prefix: str, *, after: str, limit: int
    ) -> tuple[str, dict[str, list[RecordedEvent]]]:
        """Return streams whose names begin with `prefix`, in the order in which they began.

        Args:
            prefix: of their names.
            after: id of the commit that came last before; empty for the first.
            limit: commits that begin some, at most.

        Returns:
            The id to go on `after`, empty when there are no more; and what they hold.
        """
        query = {
            "stream": {"$gte": prefix, "$lt": f"{prefix}~"},
            "version": 1,
            "_id": {"$gt": after},
        }
        found = self._commits.find(query, {"stream": 1, "subject": 1}).sort("_id", 1)
        beginnings = await found.limit(limit).to_list(limit)
        streams: dict[str, list[RecordedEvent]] = {
            stream: [] for one in beginnings for stream, _ in streams_of(one)
        }
        if not streams:
            return "", {}
        commits = self._commits.find({"stream": {"$in": list(streams)}}).sort("_id", 1)
        opened = await self._opened(
            await commits.to_list(None), lambda stream, _: stream in streams
        )
        for record in opened[0]:
            streams[record.stream].append(record)
        return str(beginnings[-1]["_id"]), streams

    async def load_streams(
        self, prefix: str, *, before: str, limit: int
    ) -> dict[str, list[RecordedEvent]]:
        """Return the last `limit` streams that begin with `prefix`, backwards from `before`."""
        query = {"stream": {"$gte": prefix, "$lt": before}, "version": 1}
        last = self._commits.find(query, {"stream": 1}).sort("stream", -1).limit(limit)
        found = await last.to_list(limit)
        streams: dict[str, list[RecordedEvent]] = {one["stream"]: [] for one in found}
        if not streams:
            return {}
        query = {"stream": {"$gte": min(streams), "$lt": before}}
        all_of_them = self._commits.find(query).sort("version", 1)
        for record in (await self._opened(await all_of_them.to_list(None)))[0]:
            streams[record.stream].append(record)
        return streams

    async def count(self, prefix: str, query: Document) -> int:
        """Return how many commits of streams that begin with `prefix` fit `query`."""
        streams = {"stream": {"$gte": prefix, "$lt": f"{prefix}~"}}
        return await self._commits.count_documents({**streams, **query})

    async def announce_again(self, stream: str) -> None:
        """Put the commits of `stream` back into the outbox, for a subscriber that missed them."""
        await self._commits.update_many({"stream": stream}, {"$set": {"outbox": True}})
        self._wake_relay(None)

    async def earlier(self, meta: Metadata) -> Commit | None:
        """Return the commit that the command of `meta` led to, if it has been carried out.

        Raises:
            CommandReusedError: it was carried out with another content.
        """
        if meta.command_id is None:
            return None
        document = await self._commits.find_one({"command_id": meta.command_id})
        if document is None:
            return None
        if document["meta"].get("fingerprint") != meta.fingerprint:
            raise CommandReusedError
        return _carried_out_before(document)

    async def _repeated(self, meta: Metadata, refusal: Exception) -> Commit:
        """Return what the command led to when it came before; else it is refused."""
        earlier = await self.earlier(meta)
        if earlier is None:
            raise refusal
        return earlier

    async def _previous(self, stream: str, version: int) -> str | None:
        """Return the id of the commit that ends at `version` of `stream`.

        The unique index then refuses all but the next version: never one inside a commit, and none
        that leaves a gap. Ids grow along a stream, so their order is that of every stream.

        Raises:
            ConcurrencyConflictError: no commit ends there.
        """
        if version == 0:
            return None
        known = self._heads.commit_at(stream, version)
        if known is not None:
            return known
        found = await self._commits.find_one(
            {"stream": stream, "version": {"$lte": version}}, sort=[("version", -1)]
        )
        if found is None or commit_end(found) != version:
            raise ConcurrencyConflictError(stream)
        return str(found["_id"])

    def _document(
        self,
        stream: str | list[str],
        subject: SubjectId | list[SubjectId],
        version: int,
        meta: Metadata,
        commit_id: str,
    ) -> Document:
        """Return a commit without its events."""
        first = subject[0] if isinstance(subject, list) else subject
        return {
            "_id": commit_id,
            "stream": stream,
            "version": version,
            "subject": subject,
            "at": self._clock.now(),
            "meta": _meta_document(meta),
            "shard": shard_of(first),
        }

    async def _stored(self, document: Document, events: Sequence[Event]) -> None:
        """Insert a commit and hand it to the relay, where anybody else is to know of it.

        Raises:
            DuplicateKeyError: a stream is not where it was thought to be, or the command is known.
            EventTooLargeError: the commit is larger than a topic takes.
        """
        publishable = not all(event.NEVER_PUBLISHED for event in events)
        if publishable:
            document["outbox"] = True
        stored = encoded(document)
        if len(stored) > LARGEST_COMMIT_BYTES:
            raise EventTooLargeError
        await self._inserts.insert(RawBSONDocument(stored))
        if publishable:
            self._wake_relay(stored)

    async def _opened(
        self, documents: Sequence[Document], wanted: Wanted = lambda _stream, _subject: True
    ) -> tuple[list[RecordedEvent], Opened]:
        recorded = [
            event
            for document in documents
            for event in recorded_events(document, self._types, wanted)
        ]
        opened = await self._vault.open_with_scopes([record.event for record in recorded])
        events = [
            r
            if event is r.event
            else RecordedEvent(r.id, r.stream, r.version, r.subject, r.at, event, r.meta)
            for r, event in zip(recorded, opened.events, strict=True)
        ]
        return events, opened


class Heads:
    """The last commit of the streams this process dealt with lately."""

    def __init__(self) -> None:
        self._heads: dict[str, tuple[int, str]] = {}

    def commit_at(self, stream: str, version: int) -> str | None:
        """Return the id of the commit that ends at `version`, where that is known."""
        at, commit_id = self._heads.get(stream, (0, ""))
        return commit_id if at == version else None

    def version(self, stream: str) -> int:
        """Return the last version known of `stream`, or 0."""
        return self._heads.get(stream, (0, ""))[0]

    def remember(self, stream: str, version: int, commit_id: str) -> None:
        """Note the last commit of `stream`; what was noted longest ago is let go."""
        self._heads.pop(stream, None)
        if len(self._heads) >= HEADS_KEPT:
            del self._heads[next(iter(self._heads))]
        self._heads[stream] = (version, commit_id)


def streams_of(document: Document) -> list[tuple[str, SubjectId]]:
    """Return the streams that a commit is of, with whom each is about."""
    streams, subjects = document["stream"], document["subject"]
    if isinstance(streams, list):
        return [(one, SubjectId(about)) for one, about in zip(streams, subjects, strict=True)]
    return [(streams, SubjectId(subjects))]


def recorded_events(
    document: Document,
    types: EventTypes[Event],
    wanted: Wanted = lambda _stream, _subject: True,
) -> list[RecordedEvent]:
    """Return the events of one commit document, their personal values as they were stored.

    Args:
        document: a commit.
        types: decodes its events.
        wanted: whether those of a stream, about a subject, are asked for.
    """
    stored = document["meta"]
    meta = Metadata(
        actor=stored["actor"],
        role=stored["role"],
        correlation_id=stored["correlation_id"],
        causation_id=stored.get("causation_id"),
        command_id=document.get("command_id"),
        reason=stored.get("reason"),
    )
    streams = streams_of(document)
    each = len(document["events"]) // len(streams)
    return [
        RecordedEvent(
            id=event["id"],
            stream=stream,
            version=document["version"] + index,
            subject=subject,
            at=document["at"],
            event=types.decode(event["type"], event["v"], event["data"]),
            meta=meta,
        )
        for place, (stream, subject) in enumerate(streams)
        if wanted(stream, subject)
        for index, event in enumerate(document["events"][place * each : (place + 1) * each])
    ]


def nothing_of(command_id: str | None) -> str:
    """Return what follows a stream's name where it is recorded that a command led to nothing."""
    return f"#{command_id}"


def _meta_document(meta: Metadata) -> dict[str, Any]:
    fields = {
        "actor": meta.actor,
        "role": meta.role,
        "correlation_id": meta.correlation_id,
        "causation_id": meta.causation_id,
        "reason": meta.reason,
        "fingerprint": meta.fingerprint,
        "traceparent": telemetry.current_traceparent(),
    }
    return {name: value for name, value in fields.items() if value is not None}


def _put_events(
    document: Document, events: Sequence[Event], data: Sequence[dict[str, Any]]
) -> tuple[str, ...]:
    """Put `events`, sealed as `data`, into a commit and return their ids."""
    ids = tuple(f"{document['_id']}-{index}" for index in range(len(events)))
    document["events"] = [
        {"id": event_id, "type": event.type_name(), "v": event.VERSION, "data": fields}
        for event_id, event, fields in zip(ids, events, data, strict=True)
    ]
    return ids


def _carried_out_before(document: Document) -> Commit:
    return Commit(
        stream=document["stream"].removesuffix(nothing_of(document.get("command_id"))),
        version=commit_end(document),
        event_ids=tuple(event["id"] for event in document["events"]),
        repeated=True,
    )


def commit_end(document: Document) -> int:
    """Return the version of the stream, or of each, after the commit `document`."""
    version: int = document["version"] + len(document["events"]) // len(streams_of(document)) - 1
    return version
