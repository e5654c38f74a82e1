"""The relay: publishes committed events to Kafka, at least once, in the order of their streams.

It is woken by every append and sweeps for what nobody announced. One replica of a service relays at
a time, under a lease. A commit stays in the outbox until Kafka has acknowledged all its events.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from shared import telemetry
from shared.clock import SystemClock
from shared.consuming.envelope import encode
from shared.database import Database, Document, DuplicateKeyError, PyMongoError, UpdateOne
from shared.event_store import COLLECTION, RecordedEvent, recorded_events
from shared.events.base import Event, PublicEvent
from shared.events.registry import EventTypes
from shared.ids import new_id

BATCH: Final = 500
LEASE: Final = timedelta(seconds=10)
LEASES: Final = "leases"
POSITIONS: Final = "relay_positions"

Publish = Callable[[RecordedEvent], PublicEvent | Sequence[PublicEvent] | None]

log = telemetry.logger(__name__)


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
        self._leases = database.collection(LEASES)
        self._positions = database.collection(POSITIONS)
        self._types = types
        self._publish = publish
        self._producer = producer
        self._bootstrap_servers = bootstrap_servers
        self._sweep_seconds = sweep_seconds
        self._woken = asyncio.Event()
        self._owner = new_id()
        self._time = SystemClock()
        self._renew_at: datetime | None = None
        self.draining = False

    def wake(self) -> None:
        """Tell the relay that something was appended."""
        self._woken.set()

    async def run(self) -> None:
        """Publish until cancelled.

        Raises:
            aiokafka.errors.KafkaError: the producer cannot go on; the process is to start anew.
        """
        await self.repair()
        while True:
            try:
                if await self._hold_lease():
                    await self.drain()
            except PyMongoError as error:
                log.warning("relay waits for the database", error=type(error).__name__)
            await self._next_turn()

    async def drain(self) -> int:
        """Publish everything in the outbox and return how many commits that were."""
        self.draining = True
        published = 0
        try:
            while commits := await self._batch():
                for turn in _turns(commits):
                    await self._publish_turn(turn)
                published += len(commits)
                # What is appended from now on wakes the relay again.
                if len(commits) < BATCH or not await self._hold_lease():
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
        self._renew_at = None
        await self._leases.delete_one({"_id": "relay", "owner": self._owner})

    async def _next_turn(self) -> None:
        # Not `wait_for`: up to Python 3.11 it loses a cancellation that meets the wake-up.
        try:
            async with asyncio.timeout(self._sweep_seconds):
                await self._woken.wait()
        except TimeoutError:
            return
        self._woken.clear()

    async def _hold_lease(self) -> bool:
        now = self._time.now()
        if self._renew_at is not None and now < self._renew_at:
            return True
        try:
            await self._leases.update_one(
                {"_id": "relay", "$or": [{"owner": self._owner}, {"until": {"$lt": now}}]},
                {"$set": {"owner": self._owner, "until": now + LEASE}},
                upsert=True,
            )
        except DuplicateKeyError:
            self._renew_at = None
            return False
        # Half the lease is left for what is begun before the next renewal.
        self._renew_at = now + LEASE / 2
        return True

    async def _batch(self) -> list[Document]:
        return await self._commits.find({"outbox": True}).sort("_id", 1).to_list(BATCH)

    async def _publish_turn(self, commits: Sequence[Document]) -> None:
        sends: list[tuple[Document, list[Awaitable[Any]]]] = []
        for commit in commits:
            futures: list[Awaitable[Any]] = []
            for record in recorded_events(commit, self._types):
                for event in _as_sequence(self._publish(record)):
                    key, value, headers = encode(
                        self._service, record, event, commit["meta"].get("traceparent")
                    )
                    futures.append(
                        await self._producer.send(self._topic, value, key=key, headers=headers)
                    )
            sends.append((commit, futures))
        marks: list[UpdateOne] = []
        ends: dict[int, int] = {}
        count = 0
        for commit, futures in sends:
            places = []
            for future in futures:
                sent = await future
                places.append([sent.partition, sent.offset])
                ends[sent.partition] = max(sent.offset, ends.get(sent.partition, -1))
            count += len(places)
            marks.append(
                UpdateOne(
                    {"_id": commit["_id"]}, {"$unset": {"outbox": ""}, "$set": {"places": places}}
                )
            )
        await self._commits.bulk_write(marks, ordered=False)
        if ends:
            await self._positions.bulk_write(
                [
                    UpdateOne({"_id": str(p)}, {"$max": {"offset": offset}}, upsert=True)
                    for p, offset in ends.items()
                ],
                ordered=False,
            )
        telemetry.events_published.add(count)

    async def _end_offsets(self, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
        consumer = AIOKafkaConsumer(bootstrap_servers=self._bootstrap_servers)
        await consumer.start()
        try:
            offsets: dict[TopicPartition, int] = await consumer.end_offsets(partitions)
            return offsets
        finally:
            await consumer.stop()


def _turns(commits: Sequence[Document]) -> list[list[Document]]:
    """Split commits so that no turn holds two of one subject and turns keep the subject's order.

    Ids of different replicas may be skewed; versions are not, so they decide within a stream.
    """
    by_stream: dict[str, list[Document]] = defaultdict(list)
    for commit in commits:
        by_stream[commit["stream"]].append(commit)
    in_version_order = {
        stream: iter(sorted(group, key=lambda c: int(c["version"])))
        for stream, group in by_stream.items()
    }
    turns: list[list[Document]] = []
    depth: dict[str, int] = defaultdict(int)
    for place in sorted(commits, key=lambda c: str(c["_id"])):
        commit = next(in_version_order[place["stream"]])
        turn = depth[commit["subject"]]
        depth[commit["subject"]] += 1
        if turn == len(turns):
            turns.append([])
        turns[turn].append(commit)
    return turns


def _as_sequence(events: PublicEvent | Sequence[PublicEvent] | None) -> Sequence[PublicEvent]:
    if events is None:
        return ()
    return (events,) if isinstance(events, PublicEvent) else events
