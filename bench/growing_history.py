"""What a history ten and a hundred times as long costs."""

import asyncio
from time import perf_counter
from typing import Final

from bench.append import Appender
from bench.history import Past
from bench.kafka import begin_at_end
from bench.projection_replay import rebuilt
from bench.rows import Row, p50, ratio_at_least, ratio_at_most
from bench.stage import Stage
from services.retention.projections.lives import FOLDS, Lives
from shared.database import Collection
from shared.event_store import COLLECTION
from shared.service import Runtime
from shared.topics import declare_topics, events_topic

SIZES: Final = (10_000, 100_000)
FULL: Final = (*SIZES, 1_000_000)
QUICK: Final = (40, 120)
EACH: Final = 20
INSERT: Final = 2_000
OWN_STREAMS: Final = 5


async def measure(stage: Stage) -> list[Row]:
    """Measure at each size: appending, showing in a read model, rebuilding that."""
    sizes = QUICK if stage.quick else FULL if stage.full else SIZES
    found = [(size, await _at(stage, size)) for size in sizes]
    smallest, base = found[0]
    against = f"with {smallest:,}"
    rows: list[Row] = []
    for size, figures in found:
        grown = size != smallest
        flat, linear = ratio_at_most(1.25), ratio_at_least(0.8)
        for what, unit, goal, value, first in zip(
            ("append, p50", "append -> read model, p50", "rebuild"),
            ("ms", "ms", "events/s"),
            (flat, flat, linear),
            figures,
            base,
            strict=True,
        ):
            name = f"{what}, history of {size:,}"
            rows.append(Row(name, value, unit, first, against, goal if grown else None))
    return rows


async def _at(stage: Stage, size: int) -> tuple[float, float, float]:
    settings = stage.settings()
    topic = events_topic("learning")
    async with stage.learning(running=False, settings=settings) as quiet:
        facts = stage.facts(1)
        past = await Past.of(facts, quiet.kernel, learners=size // EACH, each=EACH)
        appender = Appender(stage, quiet.kernel.store)
        await appender.open_streams(OWN_STREAMS)
        await _store(quiet.database.collection(COLLECTION), past)
        await declare_topics(settings.as_seen_by_services(), [topic])
        await past.produce(settings)
        await begin_at_end(settings, "learning.projections", settings.namespace + topic)
    async with stage.learning(running=True, projections=[Lives()], settings=settings) as runtime:
        began = perf_counter()
        with stage.ours():
            await rebuilt(runtime)
        rate = len(past) / (perf_counter() - began)
        again = appender.going_on_in(runtime.kernel.store)
        count = stage.size(300, 5)
        shown = [await _shown(runtime, again) for _ in range(count)]
    async with stage.learning(running=False, settings=settings) as quiet:
        appended = await again.going_on_in(quiet.kernel.store).append(count)
    return p50(appended), p50(shown), rate


async def _store(commits: Collection, past: Past) -> None:
    """Put `past` into the store as if it had been appended and published."""
    sample = await commits.find_one({})
    if sample is None:
        raise LookupError("nothing has been appended yet")
    del sample["outbox"]
    [event] = sample["events"]
    waiting = []
    for record in past.recorded():
        own = {"_id": record.id, "stream": record.stream, "version": record.version}
        events = [{**event, "id": record.id}]
        waiting.append({**sample, **own, "subject": record.subject, "events": events})
        if len(waiting) == INSERT:
            await commits.insert_many(waiting, ordered=False)
            waiting = []
    if waiting:
        await commits.insert_many(waiting, ordered=False)


async def _shown(runtime: Runtime, appender: Appender) -> float:
    """Append one event and return the milliseconds until the read model has it."""
    lives = runtime.database.collection(Lives.name)
    began = perf_counter()
    learner, version = await appender.append_next()
    while True:
        document = await lives.find_one({"_id": learner}, {FOLDS: 1})
        if document is not None and document[FOLDS] >= version:
            return (perf_counter() - began) * 1_000
        await asyncio.sleep(0.001)
