"""Sixteen writers at the same time, against sixteen that use the driver alone."""

import asyncio
from time import perf_counter

from bench.append import Appender
from bench.bare import Inserter
from bench.rows import Row, p50, ratio_at_least
from bench.stage import Stage

WRITERS = 16


async def measure(stage: Stage) -> list[Row]:
    """Measure events a second of all writers together."""
    each, rounds = stage.size(10, 3), stage.size(30, 2)
    async with stage.learning(running=False) as runtime, stage.bare() as client:
        appenders = [Appender(stage, runtime.kernel.store, part) for part in range(WRITERS)]
        for appender in appenders:
            await appender.open_streams(2)
        plain = await Inserter.like(runtime.database, client, indexed=False)
        like = await Inserter.like(runtime.database, client, indexed=True)

        async def ours() -> list[float]:
            began = perf_counter()
            await asyncio.gather(*(appender.append(each) for appender in appenders))
            return [WRITERS * each / (perf_counter() - began)]

        mine, theirs = await stage.interleaved(rounds, ours, lambda: _inserted(plain, each))
        again, indexed = await stage.interleaved(rounds, ours, lambda: _inserted(like, each))
    what, against = f"{WRITERS} concurrent appenders", f"motor, {WRITERS} x insert_one"
    return [
        Row(what, p50(mine), "events/s", p50(theirs), against, ratio_at_least(0.9)),
        Row(what, p50(again), "events/s", p50(indexed), f"{against}, same indexes"),
    ]


async def _inserted(inserter: Inserter, each: int) -> list[float]:
    began = perf_counter()
    await asyncio.gather(*(inserter.insert(each) for _ in range(WRITERS)))
    return [WRITERS * each / (perf_counter() - began)]
