"""The same events in pyeventsourcing: SQLite in the process, values encrypted with AES."""

import asyncio
from datetime import datetime
from functools import reduce
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.cipher import AESCipher
from eventsourcing.domain import Aggregate, event

from bench.append import Appender
from bench.facts import Facts, stream_of
from bench.rows import Row, p50, ratio_at_least
from bench.stage import Stage
from services.learning.domain.enrolment.evolve import evolve
from services.learning.domain.enrolment.state import EnrolmentState
from shared.event_store import EventStore
from shared.events.base import SubjectId

PEER = "eventsourcing 9.5, SQLite, AES"
WRITERS = 16
LEARNERS = 16


class Enrolment(Aggregate):
    """The learning service's enrolment as the peer's users would write it."""

    def __init__(self) -> None:
        self.attempts: dict[str, int] = {}
        self.scores: dict[str, int] = {}
        self.active_at: datetime | None = None

    @event("Answered")
    def answer(
        self,
        learner_id: str,
        enrolment_id: str,
        module_id: str,
        exercise_id: str,
        answer: str,
        score: int,
        answered_at: datetime,
    ) -> None:
        """Record an answer; everything of it is stored, little of it is state."""
        del learner_id, enrolment_id, module_id, answer
        self.attempts = {**self.attempts, exercise_id: self.attempts.get(exercise_id, 0) + 1}
        self.scores = {**self.scores, exercise_id: score}
        self.active_at = answered_at


class Peer:
    """The peer's application with one enrolment for each learner."""

    def __init__(self, folder: Path, facts: Facts) -> None:
        self._facts = facts
        self._application: Application[UUID] = Application(
            env={
                "PERSISTENCE_MODULE": "eventsourcing.sqlite",
                "SQLITE_DBNAME": str(folder / "peer.sqlite"),
                "CIPHER_TOPIC": "eventsourcing.cipher:AESCipher",
                "CIPHER_KEY": AESCipher.create_key(num_bytes=32),
            }
        )
        self._learners = facts.learners(LEARNERS)
        self._ids: dict[SubjectId, UUID] = {}
        for learner in self._learners:
            enrolment = Enrolment()
            self._application.save(enrolment)
            self._ids[learner] = enrolment.id
        self._open = {learner: self._load(one) for learner, one in self._ids.items()}

    def append(self, count: int) -> float:
        """Save `count` events one by one and return events a second."""
        began = perf_counter()
        for number in range(count):
            learner = self._learners[number % LEARNERS]
            made = self._facts.answered(learner, number)
            enrolment = self._open[learner]
            enrolment.answer(
                learner,
                made.enrolment_id,
                made.module_id,
                made.exercise_id,
                made.answer.text(),
                int(made.score.text()),
                made.answered_at,
            )
            self._application.save(enrolment)
        return count / (perf_counter() - began)

    def replay(self) -> float:
        """Load every enrolment from its events and return events a second."""
        began = perf_counter()
        loaded = [self._load(one) for one in self._ids.values()]
        return sum(one.version for one in loaded) / (perf_counter() - began)

    def _load(self, one: UUID) -> Enrolment:
        enrolment: Enrolment = self._application.repository.get(one)
        return enrolment

    def close(self) -> None:
        """Close the database."""
        self._application.close()


async def measure(stage: Stage) -> list[Row]:
    """Measure appending one by one and by several at the same time, and replaying."""
    count, rounds = stage.size(160, 16), stage.size(12, 1)
    with TemporaryDirectory(prefix="carionexiq-bench-") as folder:
        peer = Peer(Path(folder), stage.facts())
        async with stage.learning(running=False) as runtime:
            store = runtime.kernel.store
            writers = [Appender(stage, store, part) for part in range(WRITERS)]
            for writer in writers:
                await writer.open_streams(LEARNERS // WRITERS)

            async def one_by_one() -> list[float]:
                began = perf_counter()
                for number in range(count):
                    await writers[number % WRITERS].append(1)
                return [count / (perf_counter() - began)]

            async def at_once() -> list[float]:
                began = perf_counter()
                await asyncio.gather(*(writer.append(count // WRITERS) for writer in writers))
                return [count / (perf_counter() - began)]

            async def saved() -> list[float]:
                return [peer.append(count)]

            async def loaded() -> list[float]:
                return [peer.replay()]

            async def replayed() -> list[float]:
                learners = [learner for writer in writers for learner in writer.learners]
                return [await _replayed(store, learners)]

            single, against = await stage.interleaved(rounds, one_by_one, saved)
            together, too = await stage.interleaved(rounds, at_once, saved)
            ours, theirs = await stage.interleaved(rounds, replayed, loaded)
        peer.close()
    ahead = ratio_at_least(1)
    return [
        Row("append, one by one", p50(single), "events/s", p50(against), PEER),
        Row(f"append, {WRITERS} at once", p50(together), "events/s", p50(too), PEER, ahead),
        Row("replay of streams into state", p50(ours), "events/s", p50(theirs), PEER, ahead),
    ]


async def _replayed(store: EventStore, learners: list[SubjectId]) -> float:
    began = perf_counter()
    count = 0
    for learner in learners:
        events = [record.event for record in await store.load(stream_of(learner))]
        reduce(evolve, events, EnrolmentState())  # type: ignore[arg-type]
        count += len(events)
    return count / (perf_counter() - began)
