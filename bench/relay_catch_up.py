"""The relay publishing a full outbox, against the bare producer sending the same records.

And against the store's part alone: finding what is marked and taking the marks off again, by the
bare driver in the same rounds. No relay that keeps a mark per commit can be quicker than that.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

from aiokafka import AIOKafkaProducer, ConsumerRecord

from bench.append import Appender
from bench.bare import Inserter
from bench.kafka import produce, read_topic
from bench.rows import Row, p50, ratio_at_least
from bench.stage import Stage
from shared.database import Collection, Database, MongoClient, RawCollection
from shared.event_store import COLLECTION
from shared.relay.outbox import ROUND
from shared.service import Runtime
from shared.topics import events_topic

PER_LEARNER = 10


async def measure(stage: Stage) -> list[Row]:
    """Measure events a second while everything is published anew, as after a loss of Kafka."""
    settings = stage.settings()
    learners = stage.size(500, 3)
    topic = settings.namespace + events_topic("learning")
    async with (
        stage.learning(running=True, settings=settings) as runtime,
        stage.bare() as client,
        AIOKafkaProducer(
            bootstrap_servers=settings.kafka, enable_idempotence=True, acks="all", linger_ms=0
        ) as producer,
    ):
        writers = [Appender(stage, runtime.kernel.store, part) for part in range(16)]
        for writer in writers:
            await writer.open_streams(max(1, learners // 16))
        each = max(1, learners // 16) * (PER_LEARNER - 1)
        await asyncio.gather(*(writer.append(each) for writer in writers))
        await _at_rest(runtime)
        count = 16 * (each + max(1, learners // 16))
        records = await read_topic(settings, topic, count)

        async def ours() -> list[float]:
            return [await _published_again(runtime)]

        async def bare() -> list[float]:
            return [await _produced(producer, topic, records)]

        outbox = await BareOutbox.like(runtime.database, client)

        mine, theirs = await stage.interleaved(stage.size(4, 1), ours, bare)
        bound = [await outbox.emptied() for _ in range(stage.size(4, 1))]
    size = sum(len(record.value) for record in records) // len(records)
    return [
        Row(
            f"relay catching up, events of {size} bytes",
            p50(mine),
            "events/s",
            p50(theirs),
            "aiokafka idempotent produce",
            ratio_at_least(0.7),
        ),
        Row("the same", p50(mine), "events/s", p50(bound), "motor finding and unmarking alone"),
    ]


@dataclass(frozen=True, slots=True)
class BareOutbox:
    """A copy of the commits, whose marks the bare driver finds and takes off."""

    commits: Collection
    raw: RawCollection

    @classmethod
    async def like(cls, store: Database, client: MongoClient) -> "BareOutbox":
        """Return one with the commits and the indexes of `store`."""
        inserter = await Inserter.like(store, client, indexed=True)
        commits = inserter.collection
        batch = await store.collection(COLLECTION).find({}).to_list(None)
        for start in range(0, len(batch), ROUND):
            await commits.insert_many(batch[start : start + ROUND], ordered=False)
        return cls(commits, inserter.database.raw_collection(COLLECTION))

    async def emptied(self) -> float:
        """Mark everything, then find and unmark it round by round; return commits a second."""
        await self.commits.update_many({}, {"$set": {"outbox": True}})
        count = 0
        began = perf_counter()
        while True:
            found = self.raw.find({"outbox": True}).sort("_id", 1).limit(ROUND)
            ids = [document["_id"] async for document in found]
            if not ids:
                return count / (perf_counter() - began)
            await self.commits.update_many({"_id": {"$in": ids}}, {"$unset": {"outbox": ""}})
            count += len(ids)


async def _published_again(runtime: Runtime) -> float:
    count = await runtime.relay.republish()
    began = perf_counter()
    await _at_rest(runtime)
    return count / (perf_counter() - began)


async def _at_rest(runtime: Runtime) -> None:
    while True:
        await asyncio.sleep(0.002)
        if not runtime.relay.draining and not await runtime.relay.pending():
            return


async def _produced(
    producer: AIOKafkaProducer, topic: str, records: Sequence[ConsumerRecord]
) -> float:
    began = perf_counter()
    await produce(producer, topic, records)
    return len(records) / (perf_counter() - began)
