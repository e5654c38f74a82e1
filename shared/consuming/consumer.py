"""One consumer group of a service, fed in batches by FastStream and acknowledged by us.

FastStream's own policies acknowledge too early or stop a partition, so the policy is `MANUAL`: a
partition is acknowledged up to where all effects are durable, and no further. The processor handles
every failure itself (retry, dead letter), so that a bad record neither stalls nor is lost.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaAckableMessage, KafkaMessage
from faststream.kafka.opentelemetry import KafkaTelemetryMiddleware
from pydantic import BaseModel

from shared import telemetry
from shared.consuming.envelope import Record
from shared.consuming.lanes import Lane, Lanes
from shared.settings import Settings
from shared.topic_ends import TopicEnds

MAX_RECORDS: Final = 500
POLL_MS: Final = 2_000
"""How long a poll waits for the first record; it ends at once when there is one."""
STALLED_AFTER_SECONDS: Final = 30.0
COMMITTED_WITHIN_SECONDS: Final = 1.0
CONSUMERS_FINISH_SECONDS: Final = 4.0
"""How long a stop waits for batches under way; they come again when they are not finished."""

NEVER_SECONDS: Final = 3600.0

Process = Callable[[Sequence[Record]], Awaitable[None]]

log = telemetry.logger(__name__)


class PartitionProgress(BaseModel):
    """How far a group has come on one partition."""

    topic: str
    partition: int
    position: int
    """Offset of the first record whose effects are not yet durable."""
    end: int
    """Offset after the last record of the partition."""


def kafka_broker(settings: Settings) -> KafkaBroker:
    """Return the FastStream broker of one process: traced, topics declared and never created."""
    return KafkaBroker(
        settings.kafka_bootstrap_servers,
        allow_auto_create_topics=False,
        graceful_timeout=CONSUMERS_FINISH_SECONDS,
        # Batches are taken as they come: nothing is left for dependency injection to resolve.
        apply_types=False,
        logger=None,
        middlewares=[KafkaTelemetryMiddleware()],
    )


async def start_reading(broker: KafkaBroker) -> None:
    """Start every subscriber of `broker`, or none: it can be tried again.

    Raises:
        KafkaError: the broker does not answer, or not yet.
    """
    try:
        await broker.start()
    except BaseException:
        # A consumer left behind would hold partitions of its group and never read them.
        await broker.stop()
        raise


class _Assignments(ConsumerRebalanceListener):  # type: ignore[misc]
    """Counts how often partitions were handed out anew, and says so at once."""

    def __init__(self, changed: Callable[[set[TopicPartition]], None]) -> None:
        """Call `changed` with the partitions that went away, none when some came."""
        self._changed = changed
        self.count = 0

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Hand back what waits; what is under way is finished, and recognised when it comes."""
        self.count += 1
        self._changed(revoked)

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Begin a new count of positions."""
        del assigned
        self.count += 1
        self._changed(set())


class ConsumerGroup:
    """Reads topics as one group and hands the records to `process`, batch by batch."""

    def __init__(
        self,
        group: str,
        topics: Sequence[str],
        process: Process,
        broker: KafkaBroker,
        settings: Settings,
        ends: TopicEnds,
        *,
        lanes: Lanes | None = None,
        paused: Callable[[], bool] = lambda: False,
    ) -> None:
        """Subscribe `group` to `topics`.

        Args:
            group: its name, without the namespace.
            topics: their names, likewise.
            process: deals with a batch; what it leaves unfinished is in `lanes`.
            broker: the process's way to Kafka.
            settings: the service's.
            ends: where topics end.
            lanes: what `process` has set aside, which is not acknowledged.
            paused: whether standing still is what was asked for.
        """
        self.group = group
        self._ends = ends
        self._paused = paused
        self._process = process
        self._lanes = lanes or Lanes(_nothing_aside)
        self._lanes.on_finished = self._acknowledge_soon
        self._unacknowledged = False
        self._acknowledging: asyncio.Task[None] | None = None
        self._reached: dict[TopicPartition, int] = {}
        self._positions: dict[TopicPartition, int] = {}
        self._committed: dict[TopicPartition, int] = {}
        self._assignments = _Assignments(self._begin_anew)
        self._polled_in = 0
        self._progress_at = 0.0
        self.in_flight = False
        self._working: asyncio.Task[Any] | None = None
        self._subscriber = broker.subscriber(
            *(settings.namespace + topic for topic in topics),
            batch=True,
            group_id=settings.namespace + group,
            ack_policy=AckPolicy.MANUAL,
            auto_offset_reset="earliest",
            max_records=MAX_RECORDS,
            batch_timeout_ms=POLL_MS,
            fetch_max_wait_ms=POLL_MS,
            consumer_timeout_ms=POLL_MS,
            listener=self._assignments,
            parser=self._parse,
            decoder=_whole_message,
        )
        self._subscriber(self._on_batch)
        # FastStream sleeps after every empty poll, and what arrives meanwhile would have to wait.
        self._subscriber.get_msg = self._poll  # type: ignore[method-assign]

    async def progress(self, *, ask_broker: bool = True) -> list[PartitionProgress]:
        """Return the progress on every assigned partition.

        With `ask_broker` the ends are the broker's own; without, what the last poll told.

        Raises:
            KafkaError: the broker does not answer.
        """
        consumer = self._subscriber.consumer
        if consumer is None:
            return []
        assigned = sorted(consumer.assignment())
        if ask_broker:
            ends = await self._ends.of(assigned)
        else:
            ends = {partition: consumer.highwater(partition) or 0 for partition in assigned}
        return [
            PartitionProgress(
                topic=partition.topic,
                partition=partition.partition,
                position=(position := await self._position(partition)),
                end=max(ends[partition], position),
            )
            for partition in assigned
        ]

    def hand_back(self) -> None:
        """Leave unfinished what is under way; it is not acknowledged and comes again."""
        if self._working is not None:
            self._working.cancel()
        self._lanes.stop()

    async def is_progressing(self) -> bool:
        """Whether the group is assigned and is paused, has nothing to do, or got on lately."""
        try:
            async with asyncio.timeout(5):
                progress = await self.progress()
        except (KafkaError, TimeoutError):
            return False
        if not progress:
            return False
        if self._paused():
            return True
        behind = any(partition.position < partition.end for partition in progress)
        stalled = asyncio.get_running_loop().time() - self._progress_at > STALLED_AFTER_SECONDS
        return not (behind and stalled and self._progress_at)

    async def _position(self, partition: TopicPartition) -> int:
        known = self._positions.get(partition)
        if known is not None:
            return known
        consumer, assignment = self._subscriber.consumer, self._assignments.count
        try:
            async with asyncio.timeout(COMMITTED_WITHIN_SECONDS):
                committed = await consumer.committed(partition) if consumer is not None else None
        except TimeoutError:
            return 0  # Kafka is away; for all that is known, nothing has been read
        if assignment != self._assignments.count:
            return int(committed or 0)
        # Nothing has been read since the assignment, so it stays where it was.
        return self._positions.setdefault(partition, int(committed or 0))

    async def _poll(self, consumer: AIOKafkaConsumer) -> tuple[ConsumerRecord[Any, Any], ...]:
        # While a batch is worked on, aiokafka begins a long poll of the other partitions alone, and
        # what comes on this one then waits for its end. No option keeps it from that.
        consumer._fetcher._prefetch_backoff = NEVER_SECONDS  # noqa: SLF001
        batches = await consumer.getmany(timeout_ms=POLL_MS, max_records=MAX_RECORDS)
        self._polled_in = self._assignments.count
        return tuple(record for records in batches.values() for record in records)

    async def _parse(self, raw: tuple[ConsumerRecord[Any, Any], ...]) -> KafkaMessage:
        consumer = self._subscriber.consumer
        if consumer is None:
            raise RuntimeError("a batch arrived before the consumer started")
        return KafkaAckableMessage(
            raw_message=raw,
            body=[record.value or b"" for record in raw],
            headers={},
            batch_headers=[{} for _ in raw],
            consumer=consumer,
        )

    async def _on_batch(self, message: KafkaMessage) -> None:
        records = message.raw_message
        if not isinstance(records, tuple):
            raise TypeError("the subscriber is expected to work in batches")
        self.in_flight = True
        self._working = asyncio.current_task()
        assignment = self._polled_in
        try:
            await self._process(records)
            if assignment == self._assignments.count:
                for record in records:
                    partition = TopicPartition(record.topic, record.partition)
                    self._reached[partition] = record.offset + 1
            telemetry.events_consumed.add(len(records), {"consumer": self.group})
            await self._acknowledge()
        finally:
            self.in_flight = False
            self._working = None

    async def _acknowledge(self) -> None:
        """Commit each partition up to where everything is finished."""
        unfinished = self._lanes.unfinished()
        offsets = {
            partition: min(reached, unfinished.get(partition, reached))
            for partition, reached in self._reached.items()
        }
        if offsets != {partition: self._positions.get(partition) for partition in offsets}:
            self._positions.update(offsets)
            self._progress_at = asyncio.get_running_loop().time()
        offsets = {p: at for p, at in offsets.items() if at != self._committed.get(p)}
        consumer = self._subscriber.consumer
        if not offsets or consumer is None:
            return
        try:
            await consumer.commit(offsets)
        except (CommitFailedError, IllegalStateError):
            log.info("acknowledged by whoever has the partitions now", consumer=self.group)
        else:
            self._committed.update(offsets)

    def _acknowledge_soon(self) -> None:
        """Acknowledge what was set aside and is finished now, though nothing new has come."""
        self._unacknowledged = True
        if self._acknowledging is None or self._acknowledging.done():
            self._acknowledging = asyncio.create_task(self._acknowledge_late(), name="acknowledge")

    async def _acknowledge_late(self) -> None:
        while self._unacknowledged:
            self._unacknowledged = False
            try:
                await self._acknowledge()
            except KafkaError as error:
                # The next one says how far it is by then.
                log.warning("acknowledgement failed", error=type(error).__name__)

    def _begin_anew(self, revoked: set[TopicPartition]) -> None:
        """What was read before partitions went away and came back is not how far the group is."""
        self._reached.clear()
        self._positions.clear()
        self._committed.clear()
        self._lanes.forget(revoked)


async def _nothing_aside(_record: Record, _lane: Lane) -> None:
    raise AssertionError("this consumer finishes each batch")


async def _whole_message(message: KafkaMessage) -> KafkaMessage:
    return message
