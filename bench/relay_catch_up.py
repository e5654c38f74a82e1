"""The relay publishing a full outbox, against the bare producer sending the same records."""

import asyncio
from collections.abc import Sequence
from time import perf_counter

from aiokafka import AIOKafkaProducer, ConsumerRecord

from bench.append import Appender
from bench.kafka import produce, read_topic
from bench.rows import Row, p50, ratio_at_least
from bench.stage import Stage
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

        mine, theirs = await stage.interleaved(stage.size(4, 1), ours, bare)
    size = sum(len(record.value) for record in records) // len(records)
    return [
        Row(
            f"relay catching up, events of {size} bytes",
            p50(mine),
            "events/s",
            p50(theirs),
            "aiokafka idempotent produce",
            ratio_at_least(0.7),
        )
    ]


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
