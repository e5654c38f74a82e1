"""Rebuilding a read model from nothing: every topic read again, in the order things happened."""

import heapq
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from shared.consuming.envelope import Envelope, Record
from shared.consuming.projections import Projection, Projector
from shared.database import Database
from shared.settings import Settings

BATCH: Final = 1_000
DRAFT_SUFFIX: Final = ".rebuild"

Progress = Callable[[int, int], None]


class Rebuilder:
    """Folds the whole history into a draft collection and puts it in the old one's place."""

    def __init__(self, projector: Projector, database: Database, settings: Settings) -> None:
        self._projector = projector
        self._database = database
        self._settings = settings

    async def rebuild(self, projection: Projection, progress: Progress | None = None) -> int:
        """Rebuild `projection` and return how many records were read.

        The caller pauses the live projection meanwhile. Topics are merged by the time of their
        events, since a fact of one service may have caused one of another.
        """
        draft = projection.name + DRAFT_SUFFIX
        collection = self._database.collection(draft)
        await collection.drop()
        await self._database.create(draft)
        await self._database.ensure_indexes(draft, projection.indexes)
        records = [record async for record in self._history(projection.topics)]
        decoded = await self._projector.decoded(records, keep_malformed=False)
        ordered: list[tuple[Envelope, Record]] = list(
            heapq.merge(
                *_by_partition(decoded),
                # Of the same instant, an order to erase follows what it erases.
                key=lambda pair: (pair[0].time, pair[0].source == "retention"),
            )
        )
        for start in range(0, len(ordered), BATCH):
            await self._projector.fold_into(projection, ordered[start : start + BATCH], collection)
            if progress is not None:
                progress(min(start + BATCH, len(ordered)), len(ordered))
        await self._database.rename(draft, projection.name)
        return len(records)

    async def _history(self, topics: Sequence[str]) -> AsyncIterator[Record]:
        consumer = AIOKafkaConsumer(
            *(self._settings.namespace + topic for topic in topics),
            bootstrap_servers=self._settings.kafka_bootstrap_servers,
            auto_offset_reset="earliest",
            enable_auto_commit=False,
        )
        await consumer.start()
        try:
            ends: dict[TopicPartition, int] = await consumer.end_offsets(
                sorted(consumer.assignment())
            )
            unread = {partition for partition, end in ends.items() if end > 0}
            while unread:
                batches: dict[TopicPartition, list[ConsumerRecord[Any, Any]]]
                batches = await consumer.getmany(timeout_ms=500, max_records=BATCH)
                for partition, batch in batches.items():
                    for record in batch:
                        if record.offset < ends[partition]:
                            yield record
                    if batch[-1].offset + 1 >= ends[partition]:
                        unread.discard(partition)
        finally:
            await consumer.stop()


def _by_partition(
    decoded: Sequence[tuple[Envelope, Record]],
) -> list[list[tuple[Envelope, Record]]]:
    partitions: dict[tuple[str, int], list[tuple[Envelope, Record]]] = {}
    for envelope, record in decoded:
        partitions.setdefault((envelope.topic, envelope.partition), []).append((envelope, record))
    return list(partitions.values())
