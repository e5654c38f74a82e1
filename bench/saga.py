"""Erasures a second, from due to certified, against the bare inserts they cannot do without."""

import asyncio
import gc
from dataclasses import dataclass
from datetime import timedelta
from statistics import mean, median
from time import perf_counter
from typing import Final

import psutil

from bench.bare import Inserter
from bench.facts import START
from bench.platform import SCOPES, Platform, platform
from bench.rows import Row
from bench.stage import Stage
from bench.waiting import until

LONG_AFTER: Final = timedelta(days=365 * 4)
AT_ONCE: Final = 8
WAVES: Final = 7
MEGABYTE: Final = 2**20
AGAINST: Final = f"motor insert_one of as many commits, {AT_ONCE} at once"


@dataclass(frozen=True, slots=True)
class Wave:
    """What erasing some people took."""

    persons: int
    seconds: float
    commits: int
    memory: int
    """Bytes of this process afterwards."""


async def measure(stage: Stage) -> list[Row]:
    """Measure waves of people whose accounts run out at the same instant; the first warms up."""
    persons = stage.size(50, 3)
    async with platform(stage, START) as running, stage.bare() as client:
        waves = [
            await _wave(stage, running, persons, part=part) for part in range(stage.size(WAVES, 3))
        ][1:]
        retention = running.runtime("retention").database
        inserter = await Inserter.like(retention, client, indexed=True)
        last = waves[-1]
        seconds = await _inserted(inserter, last.commits)
    each = last.commits / persons
    earlier, later = waves[: len(waves) // 2], waves[len(waves) // 2 :]
    added = mean(wave.memory for wave in later) - mean(wave.memory for wave in earlier)
    return [
        Row(
            f"from due to certified, {SCOPES} keys a case",
            median(persons / wave.seconds for wave in waves),
            "cases/s",
            persons / seconds,
            AGAINST,
        ),
        Row("commits that a case takes, all services", each, "commits"),
        Row(
            f"memory, waves {len(earlier) + 2} to {len(waves) + 1} beside those before: added",
            max(0, added) / MEGABYTE,
            "MiB",
        ),
    ]


async def _wave(stage: Stage, running: Platform, persons: int, *, part: int) -> Wave:
    await running.register(stage.facts(part).learners(persons), known=persons * (part + 1))
    await running.sweep()
    before, commits = await running.certified(), await running.commits()
    running.clock.move_to(running.clock.now() + LONG_AFTER)

    async def all_certified() -> bool:
        return await running.certified() - before >= persons

    began = perf_counter()
    with stage.ours():
        await running.sweep()
        await until(all_certified)
    took = perf_counter() - began
    made = await running.commits() - commits
    gc.collect()
    return Wave(persons, took, made, psutil.Process().memory_info().rss)


async def _inserted(inserter: Inserter, count: int) -> float:
    left = iter(range(count))

    async def insert() -> None:
        for _ in left:
            await inserter.insert_one()

    began = perf_counter()
    await asyncio.gather(*(insert() for _ in range(AT_ONCE)))
    return perf_counter() - began
