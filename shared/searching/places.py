"""Where things lie: every collection of a database, topics from their beginning, files."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, Protocol

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.database import Database, decoded
from shared.personal import Sealed
from shared.searching.fingerprints import LONGEST, SEPARATOR
from shared.searching.sealed import sealed_in_json, sealed_values
from shared.settings import Settings
from shared.topics import partitions_of

CHUNK_BYTES: Final = 512 * 1024
"""How much is compared at once; what a search holds in memory is a few times that."""
POLL_MS: Final = 500
FETCH_WAIT_MS: Final = 5

Kind = Literal["documents", "records", "files"]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some of what lies in one place, as bytes."""

    place: str
    """Names the place, never what is in it."""
    kind: Kind
    pieces: list[bytes] = field(default_factory=list)
    sealed: Callable[[bytes], Iterator[Sealed]] | None = None
    """Finds the sealed values within a piece, where pieces can have some."""
    whole: int | None = None
    """How many documents, records or files these are, where a piece is not one."""
    sent: "Sent | None" = None
    """Whose own the pieces are, in a place that holds what people were sent."""


@dataclass(frozen=True, slots=True)
class Sent:
    """To whom each piece of a chunk was sent; what is somebody's own is no leak."""

    subjects: Sequence[str | None]
    """Whom the piece was sent to, as far as that is known."""
    addresses: Sequence[bytes]
    """Where it was sent: who is known by that address, under whatever id, is its owner."""


class Place(Protocol):
    """A store of a service."""

    def chunks(self) -> AsyncIterator[Chunk]:
        """Yield everything in it, some at a time."""
        ...


class Collections:
    """Every collection of a database, as the server hands its documents out."""

    def __init__(self, database: Database, name: str) -> None:
        """Read `database`, called `name` in reports."""
        self._database = database
        self._name = name

    async def chunks(self) -> AsyncIterator[Chunk]:
        """Yield every document as raw BSON, in which texts lie as they are."""
        for collection in await self._database.collection_names():
            place = f"mongodb:{self._name}.{collection}"
            pieces: list[bytes] = []
            size = 0
            async for document in self._database.raw_collection(collection).find():
                pieces.append(bytes(document.raw))
                size += len(pieces[-1])
                if size >= CHUNK_BYTES:
                    yield Chunk(place, "documents", pieces, _sealed_in_bson)
                    pieces, size = [], 0
            yield Chunk(place, "documents", pieces, _sealed_in_bson)


class Topics:
    """Topics from their beginning to where they end when the reading starts."""

    def __init__(self, settings: Settings, topics: Sequence[str]) -> None:
        """Read those of `topics`, without namespace, that exist."""
        self._settings = settings
        self._topics = topics

    async def chunks(self) -> AsyncIterator[Chunk]:
        """Yield every record: key, headers and value."""
        existing = await partitions_of(self._settings, self._topics)
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._settings.kafka_bootstrap_servers,
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            fetch_max_wait_ms=FETCH_WAIT_MS,
        )
        await consumer.start()
        try:
            for topic, count in existing.items():
                name = self._settings.namespace + topic
                partitions = [TopicPartition(name, number) for number in range(count)]
                async for pieces in _records(consumer, partitions):
                    yield Chunk(f"kafka:{topic}", "records", pieces, _sealed_in_record)
        finally:
            await consumer.stop()


class Files:
    """The files of a folder whose names are accepted, in pieces that overlap."""

    def __init__(self, folder: Path, accepts: Callable[[str], bool]) -> None:
        self._folder = folder
        self._accepts = accepts

    async def chunks(self) -> AsyncIterator[Chunk]:
        """Yield the content of every file."""
        for path in await asyncio.to_thread(self._paths):
            overlap, at, whole = b"", 0, 1
            while content := await asyncio.to_thread(_part, path, at):
                at += len(content)
                piece = overlap + content
                yield Chunk(f"file:{path.name}", "files", [piece], whole=whole)
                overlap, whole = piece[-LONGEST:], 0

    def _paths(self) -> list[Path]:
        if not self._folder.is_dir():
            return []
        return [
            path
            for path in sorted(self._folder.iterdir())
            if path.is_file() and self._accepts(path.name)
        ]


async def _records(
    consumer: AIOKafkaConsumer, partitions: list[TopicPartition]
) -> AsyncIterator[list[bytes]]:
    consumer.assign(partitions)
    unread = await consumer.beginning_offsets(partitions)
    ends = await consumer.end_offsets(partitions)
    for partition, start in unread.items():
        consumer.seek(partition, start)
    pieces: list[bytes] = []
    size = 0
    while any(unread[partition] < ends[partition] for partition in partitions):
        for partition, records in (await consumer.getmany(timeout_ms=POLL_MS)).items():
            for record in records:
                headers = (name.encode() + b"=" + value for name, value in record.headers)
                # The value comes first, so that its end is where the first separator is.
                parts = (record.value or b"", record.key or b"", *headers)
                pieces.append(SEPARATOR.join(parts))
                size += len(pieces[-1])
            unread[partition] = await consumer.position(partition)
        if size >= CHUNK_BYTES:
            yield pieces
            pieces, size = [], 0
    yield pieces


def _part(path: Path, at: int) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(at)
            return file.read(CHUNK_BYTES)
    except FileNotFoundError:
        # A log was put aside under another name, under which it is read.
        return b""


def _sealed_in_bson(raw: bytes) -> Iterator[Sealed]:
    return sealed_values(decoded(raw))


def _sealed_in_record(piece: bytes) -> Iterator[Sealed]:
    return sealed_in_json(piece.partition(SEPARATOR)[0])
