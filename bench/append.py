"""Appending one encrypted event, against the driver's insert of the same document."""

from time import perf_counter
from typing import Final, Self

from bench.bare import Inserter
from bench.facts import META, stream_of
from bench.rows import Row, p50, ratio_at_most
from bench.stage import Stage
from shared.event_store import EventStore
from shared.events.base import SubjectId

BARE: Final = "motor insert_one"


async def measure(stage: Stage) -> list[Row]:
    """Measure the store alone, with the relay publishing, and the first event of a scope."""
    async with stage.learning(running=False) as runtime, stage.bare() as client:
        appender = Appender(stage, runtime.kernel.store)
        first = await appender.open_streams(stage.size(50, 3))
        plain = await Inserter.like(runtime.database, client, indexed=False)
        like = await Inserter.like(runtime.database, client, indexed=True)
        alone, bare = await _beside(stage, appender, plain)
        again, indexed = await _beside(stage, appender, like)
    async with stage.learning(running=True) as runtime, stage.bare() as client:
        appender = Appender(stage, runtime.kernel.store)
        await appender.open_streams(stage.size(50, 3))
        plain = await Inserter.like(runtime.database, client, indexed=False)
        relayed, bare_too = await _beside(stage, appender, plain)
    return [
        Row("append, p50", alone, "ms", bare, BARE, ratio_at_most(1.25)),
        Row("append, p50", again, "ms", indexed, f"{BARE}, same indexes"),
        Row("append that makes a scope's key, p50", p50(first), "ms", bare, BARE),
        Row("append, the relay publishing meanwhile, p50", relayed, "ms", bare_too, BARE),
    ]


async def _beside(stage: Stage, appender: "Appender", inserter: Inserter) -> tuple[float, float]:
    turn, rounds = stage.size(20, 5), stage.size(60, 2)
    mine, theirs = await stage.interleaved(
        rounds, lambda: appender.append(turn), lambda: inserter.insert(turn)
    )
    return p50(mine), p50(theirs)


class Appender:
    """Appends answers to the streams of some learners, one after the other."""

    def __init__(self, stage: Stage, store: EventStore, part: int = 0) -> None:
        self._facts = stage.facts(part)
        self._store = store
        self._versions: dict[SubjectId, int] = {}
        self._turn = 0

    @property
    def learners(self) -> list[SubjectId]:
        """The learners whose streams there are."""
        return list(self._versions)

    def going_on_in(self, store: EventStore) -> Self:
        """Append to `store` from now on, which holds the same streams."""
        self._store = store
        return self

    async def open_streams(self, count: int) -> list[float]:
        """Make `count` streams with their keys and return what each took, in milliseconds."""
        self._versions.update(dict.fromkeys(self._facts.learners(count), 0))
        return [await self._append_to(learner) for learner in self._versions]

    async def append(self, count: int) -> list[float]:
        """Append `count` events and return what each took, in milliseconds."""
        return [await self._append_to(self._next()) for _ in range(count)]

    async def append_next(self) -> tuple[SubjectId, int]:
        """Append one event and return whose it is and its version."""
        learner = self._next()
        await self._append_to(learner)
        return learner, self._versions[learner]

    def _next(self) -> SubjectId:
        self._turn += 1
        return self.learners[self._turn % len(self._versions)]

    async def _append_to(self, learner: SubjectId) -> float:
        version = self._versions[learner]
        event = self._facts.answered(learner, version + 1)
        began = perf_counter()
        await self._store.append(stream_of(learner), version, [event], subject=learner, meta=META)
        took = perf_counter() - began
        self._versions[learner] = version + 1
        return took * 1_000
