"""Finding who is due among very many: the sweep's query, its index, and the memory it takes."""

import tracemalloc
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import timedelta
from time import perf_counter
from typing import Any, Final

from bench.facts import START
from bench.rows import Row, at_most, p50
from bench.stage import Stage
from services.retention.adapters.clock_store import ClockStore
from services.retention.projections.lives import Lives
from shared.database import Collection, Document
from shared.for_each import for_each

ONE_IN: Final = 100
INSERT: Final = 5_000
AT_ONCE: Final = 8
ROUNDS: Final = 5


async def measure(stage: Stage) -> list[Row]:
    """Measure with 100,000 clocks of which 1,000 are due; a million and 10,000 with `--full`."""
    clocks = 1_000_000 if stage.full else stage.size(100_000, 300)
    async with stage.learning(running=False) as runtime:
        store = ClockStore(runtime.database)
        lives = runtime.database.collection(Lives.name)
        await runtime.database.ensure_indexes(Lives.name, Lives.indexes)
        await store.prepare()
        for documents in _documents(clocks):
            await lives.insert_many(documents, ordered=False)
        await _must_use_index(lives)
        due = clocks // ONE_IN

        async def ours() -> list[float]:
            return [await _took(store.due_subjects(START), due)]

        async def bare() -> list[float]:
            return [await _took(_bare(lives), due)]

        found, raw = await stage.interleaved(stage.size(ROUNDS, 1), ours, bare)
        memory = await _memory(store)
    what = f"{due:,} due among {clocks:,} clocks"
    goal = at_most(100) if stage.full else None
    return [
        Row(f"{what}: found in", p50(found), "ms", p50(raw), "the driver's cursor", goal),
        Row(f"{what}: memory while they are attended to", memory, "KiB"),
    ]


def _documents(count: int) -> Iterator[list[Document]]:
    for first in range(0, count, INSERT):
        yield [
            {
                "_id": f"learner-{number:07d}",
                "next_at": START + timedelta(minutes=number if number % ONE_IN else -number),
                "dirty": False,
            }
            for number in range(first, min(first + INSERT, count))
        ]


async def _took(found: AsyncIterator[str], due: int) -> float:
    began = perf_counter()
    seen = [subject async for subject in found]
    took = (perf_counter() - began) * 1_000
    if len(seen) != due:
        raise LookupError(f"{len(seen)} found, {due} due")
    return took


async def _bare(lives: Collection) -> AsyncIterator[str]:
    async for document in lives.find({"next_at": {"$lte": START}}, {"_id": 1}):
        yield document["_id"]


async def _must_use_index(lives: Collection) -> None:
    plan = await lives.find({"next_at": {"$lte": START}}, {"_id": 1}).explain()
    if "IXSCAN" not in _stages(plan["queryPlanner"]["winningPlan"]):
        raise LookupError("the sweep's query does not use its index")


def _stages(plan: Mapping[str, Any]) -> Iterator[str]:
    yield str(plan.get("stage"))
    if "inputStage" in plan:
        yield from _stages(plan["inputStage"])


async def _memory(store: ClockStore) -> float:
    """Return the most memory that finding and attending to everybody takes, in KiB."""

    async def attend_to(_: str) -> None:
        return

    tracemalloc.start()
    try:
        await for_each(store.due_subjects(START), attend_to, at_once=AT_ONCE)
        return tracemalloc.get_traced_memory()[1] / 1024
    finally:
        tracemalloc.stop()
