"""The relay: publishes committed events to Kafka, at least once, in the order of their streams.

It is woken by every append and sweeps for what nobody announced. One replica of a service relays at
a time, under a lease. A commit stays in the outbox until Kafka has acknowledged all its events.

Each partition gets one batch at a time, whole or not at all, and the next one after it has been
acknowledged: whatever fails in between, no event overtakes an earlier one of its stream.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError
from aiokafka.partitioner import DefaultPartitioner
from aiokafka.producer.message_accumulator import BatchBuilder

from shared import telemetry
from shared.consuming.envelope import encode
from shared.database import Database, Document, PyMongoError, UpdateOne
from shared.event_store import COLLECTION, RecordedEvent, recorded_events
from shared.events.base import Event, PublicEvent
from shared.events.registry import EventTypes
from shared.lease import Lease

BATCH: Final = 1_000
BATCH_BYTES: Final = 256 * 1024
"""Size of a producer batch; several events share a request."""
LEASES: Final = "leases"
POSITIONS: Final = "relay_positions"

Publish = Callable[[RecordedEvent], PublicEvent | Sequence[PublicEvent] | None]

Message = tuple[bytes, bytes, list[tuple[str, bytes]]]
"""Key, value and headers of a record."""

log = telemetry.logger(__name__)


class LeaseLostError(Exception):
    """Another replica may be relaying by now."""


class Relay:
    """Moves one service's commits from its store to its topic."""

    def __init__(
        self,
        service: str,
        topic: str,
        database: Database,
        types: EventTypes[Event],
        publish: Publish,
        producer: AIOKafkaProducer,
        *,
        bootstrap_servers: str,
        sweep_seconds: float,
    ) -> None:
        self._service = service
        self._topic = topic
        self._commits = database.collection(COLLECTION)
        self._lease = Lease(database.collection(LEASES), "relay")
        self._positions = database.collection(POSITIONS)
        self._types = types
        self._publish = publish
        self._producer = producer
        self._bootstrap_servers = bootstrap_servers
        self._sweep_seconds = sweep_seconds
        self._woken = asyncio.Event()
        self._partition_of = DefaultPartitioner()
        self.draining = False

    def wake(self) -> None:
        """Tell the relay that something was appended."""
        self._woken.set()

    async def run(self) -> None:
        """Publish until cancelled; wait while the database or Kafka is away.

        Raises:
            aiokafka.errors.KafkaError: the producer cannot go on; the process is to start anew.
        """
        doubtful = True
        while True:
            try:
                if await self._lease.hold():
                    if doubtful:
                        await self.repair()
                        doubtful = False
                    await self.drain()
            except PyMongoError as error:
                log.warning("relay waits for the database", error=type(error).__name__)
            except LeaseLostError:
                log.warning("relay lost its lease")
            except KafkaError as error:
                if not error.retriable:
                    raise
                log.warning("relay waits for Kafka", error=type(error).__name__)
                # What comes back may have lost what it had acknowledged.
                doubtful = True
            await self._next_turn()

    async def drain(self) -> int:
        """Publish everything in the outbox and return how many commits that were.

        Raises:
            LeaseLostError: the lease ran out meanwhile; what was not yet sent was left alone.
        """
        self.draining = True
        published = 0
        try:
            while commits := await self._batch():
                await self._publish_batch(commits)
                published += len(commits)
                # What is appended from now on wakes the relay again.
                if len(commits) < BATCH or not await self._lease.hold():
                    break
        finally:
            self.draining = False
        return published

    async def pending(self) -> int:
        """Return how many commits wait in the outbox."""
        return await self._commits.count_documents({"outbox": True})

    async def republish(self) -> int:
        """Put every commit back into the outbox: Kafka is rebuilt from the store."""
        result = await self._commits.update_many({}, {"$set": {"outbox": True}})
        await self._positions.delete_many({})
        self.wake()
        return result.matched_count

    async def repair(self) -> bool:
        """Republish when the topic holds less than was acknowledged; tell whether it did."""
        recorded = {
            document["_id"]: document["offset"] async for document in self._positions.find({})
        }
        if not recorded:
            return False
        partitions = {
            TopicPartition(self._topic, int(name)): offset for name, offset in recorded.items()
        }
        ends = await self._end_offsets(list(partitions))
        if all(ends.get(p, 0) > offset for p, offset in partitions.items()):
            return False
        log.warning("the topic lost acknowledged events; republishing", topic=self._topic)
        await self.republish()
        return True

    async def release(self) -> None:
        """Give up the lease so that another replica goes on at once."""
        await self._lease.release()

    async def _next_turn(self) -> None:
        # Not `wait_for`: up to Python 3.11 it loses a cancellation that meets the wake-up.
        try:
            async with asyncio.timeout(self._sweep_seconds):
                await self._woken.wait()
        except TimeoutError:
            return
        self._woken.clear()

    async def _batch(self) -> list[Document]:
        return await self._commits.find({"outbox": True}).sort("_id", 1).to_list(BATCH)

    async def _publish_batch(self, commits: Sequence[Document]) -> None:
        messages = await self._messages(commits)
        outcomes = await asyncio.gather(
            *(self._send(partition, those) for partition, those in messages.items()),
            return_exceptions=True,
        )
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
        await self._commits.update_many(
            {"_id": {"$in": [commit["_id"] for commit in commits]}}, {"$unset": {"outbox": ""}}
        )
        if messages:
            await self._positions.bulk_write(
                [
                    UpdateOne({"_id": str(partition)}, {"$max": {"offset": offset}}, upsert=True)
                    for partition, offset in zip(messages, outcomes, strict=True)
                ],
                ordered=False,
            )
        telemetry.events_published.add(sum(map(len, messages.values())))

    async def _messages(self, commits: Sequence[Document]) -> dict[int, list[Message]]:
        """Return what is to be published of `commits`, in order, by partition."""
        partitions = sorted(await self._producer.partitions_for(self._topic))
        messages: dict[int, list[Message]] = defaultdict(list)
        for commit in commits:
            partition = self._partition_of(commit["subject"].encode(), partitions, partitions)
            for record in recorded_events(commit, self._types):
                for event in _as_sequence(self._publish(record)):
                    traceparent = commit["meta"].get("traceparent")
                    messages[partition].append(encode(self._service, record, event, traceparent))
        return messages

    async def _send(self, partition: int, messages: Sequence[Message]) -> int:
        """Send `messages` in order and return the offset of the last one."""
        batch = self._producer.create_batch()
        last = -1
        for key, value, headers in messages:
            if batch.append(timestamp=None, key=key, value=value, headers=headers) is None:
                last = await self._deliver(batch, partition)
                batch = self._producer.create_batch()
                batch.append(timestamp=None, key=key, value=value, headers=headers)
        if batch.record_count():
            last = await self._deliver(batch, partition)
        return last

    async def _deliver(self, batch: BatchBuilder, partition: int) -> int:
        if not self._lease.valid:
            raise LeaseLostError
        count = batch.record_count()
        sent = await (await self._producer.send_batch(batch, self._topic, partition=partition))
        last: int = sent.offset + count - 1
        return last

    async def _end_offsets(self, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
        consumer = AIOKafkaConsumer(bootstrap_servers=self._bootstrap_servers)
        await consumer.start()
        try:
            offsets: dict[TopicPartition, int] = await consumer.end_offsets(partitions)
            return offsets
        finally:
            await consumer.stop()


def _as_sequence(events: PublicEvent | Sequence[PublicEvent] | None) -> Sequence[PublicEvent]:
    if events is None:
        return ()
    return (events,) if isinstance(events, PublicEvent) else events
