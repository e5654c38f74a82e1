"""Everything that was published, read again in the order in which it happened.

Topics with equally many partitions hold a person at the same place. One such place is read after
the other, so that few people are under way at a time; topics that differ are merged as a whole.
"""

import heapq
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Final, Self

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.consuming.envelope import Envelope, Record
from shared.settings import Settings

READ_AHEAD: Final = 500
"""Records held in memory of each partition."""
POLL_MS: Final = 500
FETCH_WAIT_MS: Final = 5
"""How long the broker may wait for new records; asking where topics end waits behind it."""
FETCH_BYTES: Final = 4 * 2**20

Decode = Callable[[Sequence[Record]], Awaitable[list[tuple[Envelope, Record]]]]
Happening = tuple[Envelope, Record]
Offsets = Mapping[TopicPartition, int]
"""Offset after the last record, by partition."""


class History:
    """Reads topics from their beginning, merged by the time of their events.

    Used as an asynchronous context manager. What `until` has yielded is not read again: a later
    call goes on where the earlier one ended.
    """

    def __init__(self, settings: Settings, topics: Sequence[str], decode: Decode) -> None:
        """Describe what to read; `decode` leaves out what is not to be seen."""
        self._consumer = AIOKafkaConsumer(
            *(settings.namespace + topic for topic in topics),
            bootstrap_servers=settings.kafka_bootstrap_servers,
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            # Reading on waits behind a fetch that waits at the ends of other partitions.
            fetch_max_wait_ms=FETCH_WAIT_MS,
            max_partition_fetch_bytes=FETCH_BYTES,
        )
        self._decode = decode
        self._ahead: dict[TopicPartition, deque[Happening]] = {}
        self._read: dict[TopicPartition, int] = {}
        self.records = 0
        """Records read so far, those that were left out among them."""

    async def __aenter__(self) -> Self:
        """Connect.

        Raises:
            KafkaError: the broker does not answer.
        """
        try:
            await self._consumer.start()
            partitions = sorted(self._consumer.assignment())
            self._read = dict(await self._consumer.beginning_offsets(partitions))
        except BaseException:
            await self._consumer.stop()
            raise
        self._ahead = {partition: deque() for partition in partitions}
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Disconnect."""
        await self._consumer.stop()

    async def ends(self) -> dict[TopicPartition, int]:
        """Return where every partition ends right now."""
        ends: dict[TopicPartition, int] = await self._consumer.end_offsets(sorted(self._ahead))
        return ends

    def left(self, ends: Offsets) -> int:
        """Return how many records there are to read until `ends`."""
        return sum(max(0, end - self._read[partition]) for partition, end in ends.items())

    async def until(self, ends: Offsets) -> AsyncIterator[Happening]:
        """Yield what stands before `ends`: what one person did in its order, by the time."""
        for together in side_by_side(ends):
            async for happening in self._merged(together):
                yield happening

    async def _merged(self, ends: Offsets) -> AsyncIterator[Happening]:
        """Yield what stands before `ends`, of one partition in its order, of several by time."""
        waiting: list[tuple[Any, int, TopicPartition]] = []
        turn = 0
        for partition, end in ends.items():
            await self._fill(partition, end)
            if self._ahead[partition]:
                heapq.heappush(waiting, (_when(self._ahead[partition][0]), turn, partition))
                turn += 1
        while waiting:
            _, _, partition = heapq.heappop(waiting)
            yield self._ahead[partition].popleft()
            await self._fill(partition, ends[partition])
            if self._ahead[partition]:
                heapq.heappush(waiting, (_when(self._ahead[partition][0]), turn, partition))
                turn += 1

    async def _fill(self, partition: TopicPartition, end: int) -> None:
        """Read on in `partition` when nothing of it is left and more stands before `end`."""
        while not self._ahead[partition] and self._read[partition] < end:
            room = min(READ_AHEAD, end - self._read[partition])
            batches = await self._consumer.getmany(partition, timeout_ms=POLL_MS, max_records=room)
            records = batches.get(partition, [])
            self._ahead[partition].extend(await self._decode(records))
            self.records += len(records)
            self._read[partition] = await self._consumer.position(partition)


def side_by_side(ends: Offsets) -> list[Offsets]:
    """Return `ends` by the place of the partition, in one piece where topics differ in number."""
    by_topic: dict[str, set[int]] = defaultdict(set)
    places: dict[int, dict[TopicPartition, int]] = defaultdict(dict)
    for partition, end in ends.items():
        by_topic[partition.topic].add(partition.partition)
        places[partition.partition][partition] = end
    alike = all(numbers == places.keys() for numbers in by_topic.values())
    return [places[number] for number in sorted(places)] if alike else [ends]


def _when(happening: Happening) -> tuple[Any, bool]:
    """Return what orders happenings: of one instant, an order to erase follows what it erases."""
    envelope, _ = happening
    return envelope.time, envelope.source == "retention"
