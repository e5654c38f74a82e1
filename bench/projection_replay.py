"""Replaying history into the lives of retention, against bare bulk upserts and bare decoding."""

import asyncio
from time import perf_counter

from aiokafka import AIOKafkaConsumer

from bench.history import Past
from bench.kafka import begin_at_end
from bench.rows import Row, p50, ratio_at_least
from bench.stage import Stage
from services.retention.projections.lives import Lives
from shared.consuming.envelope import decode
from shared.database import Collection, Document, ReplaceOne
from shared.ids import new_id
from shared.service import Runtime
from shared.settings import Settings
from shared.topics import declare_topics, events_topic

EACH = 20
BATCH = 1_000


async def measure(stage: Stage) -> list[Row]:
    """Measure events a second of a rebuild and of the two things it cannot do without."""
    settings = stage.settings()
    topic = events_topic("learning")
    async with stage.learning(running=False, settings=settings) as quiet:
        learners = stage.size(1_000, 5)
        past = await Past.of(stage.facts(), quiet.kernel, learners=learners, each=EACH)
        await declare_topics(settings.as_seen_by_services(), [topic])
        await past.produce(settings)
        await begin_at_end(settings, "learning.projections", settings.namespace + topic)
    async with (
        stage.learning(running=True, projections=[Lives()], settings=settings) as runtime,
        stage.bare() as client,
    ):
        await rebuilt(runtime)
        sample = await runtime.database.collection(Lives.name).find_one({})
        if sample is None:
            raise LookupError("nothing was projected")
        bare = client.database(new_id()).collection(Lives.name)
        decoding: list[float] = []

        async def ours() -> list[float]:
            began = perf_counter()
            await rebuilt(runtime)
            return [len(past) / (perf_counter() - began)]

        async def theirs() -> list[float]:
            decoding.append(len(past) / await _decoded(settings, len(past)))
            return [len(past) / await _upserted(bare, sample, past)]

        replay, upserts = await stage.interleaved(stage.size(5, 1), ours, theirs)
    what = f"replay into lives, {EACH} events a person"
    slower = min(p50(upserts), p50(decoding))
    return [
        Row(what, p50(replay), "events/s", slower, "the slower of both", ratio_at_least(0.8)),
        Row(what, p50(replay), "events/s", p50(upserts), "motor bulk upsert, one an event"),
        Row(what, p50(replay), "events/s", p50(decoding), "aiokafka and decode in batches"),
    ]


async def rebuilt(runtime: Runtime) -> None:
    """Rebuild the lives from Kafka and wait for it."""
    status = runtime.maintenance.start("rebuild", Lives.name)
    while status.running:  # noqa: ASYNC110 - a service tells by HTTP, which knows no events
        await asyncio.sleep(0.002)
    if status.failure is not None:
        raise RuntimeError(status.failure)


async def _upserted(collection: Collection, sample: Document, past: Past) -> float:
    await collection.drop()
    keys = [learner for _ in range(past.each) for learner in past.learners]
    began = perf_counter()
    for start in range(0, len(keys), BATCH):
        writes = [
            ReplaceOne({"_id": key}, {**sample, "_id": key}, upsert=True)
            for key in keys[start : start + BATCH]
        ]
        await collection.bulk_write(writes, ordered=False)
    return perf_counter() - began


async def _decoded(settings: Settings, count: int) -> float:
    consumer = AIOKafkaConsumer(
        settings.namespace + events_topic("learning"),
        bootstrap_servers=settings.kafka_bootstrap_servers,
        auto_offset_reset="earliest",
    )
    async with consumer:
        began = perf_counter()
        seen = 0
        while seen < count:
            for records in (await consumer.getmany(timeout_ms=500, max_records=BATCH)).values():
                seen += sum(decode(record) is not None for record in records)
        return perf_counter() - began
