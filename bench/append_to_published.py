"""From the append to the record in the hands of a subscriber."""

import asyncio
from time import perf_counter

from aiokafka import AIOKafkaConsumer

from bench.append import Appender
from bench.rows import Row, at_most, p50, p99
from bench.stage import Stage
from shared.topics import events_topic

INTERVAL_SECONDS = 0.01


async def measure(stage: Stage) -> list[Row]:
    """Measure appends that come one by one, a hundred a second."""
    settings = stage.settings()
    async with stage.learning(running=True, settings=settings) as runtime:
        appender = Appender(stage, runtime.kernel.store)
        opened = await appender.open_streams(stage.size(50, 3))
        consumer = AIOKafkaConsumer(
            settings.namespace + events_topic("learning"),
            bootstrap_servers=settings.kafka,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=100,
        )
        async with consumer:
            for _ in opened:
                await anext(consumer)
            count = stage.size(1_500, 10)
            with stage.ours():
                took = [await _one(appender, consumer) for _ in range(count)]
    return [
        Row("append -> published, p50", p50(took), "ms"),
        Row("append -> published, p99", p99(took), "ms", goal=at_most(20)),
    ]


async def _one(appender: Appender, consumer: AIOKafkaConsumer) -> float:
    """Return the milliseconds from the call of `append` to the record's arrival."""
    began = perf_counter()
    await appender.append(1)
    await anext(consumer)
    took = perf_counter() - began
    await asyncio.sleep(max(0.0, INTERVAL_SECONDS - took))
    return took * 1_000
