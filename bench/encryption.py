"""What encrypting personal values adds to an append: the same event, its values in the clear."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count
from time import perf_counter
from typing import Final

from bench.facts import META, MODULE, START, Facts, stream_of
from bench.rows import Row, p50, ratio_at_most
from bench.stage import Stage
from services.learning.application.publish import DOMAIN_EVENTS
from services.learning.domain.enrolment.events import ExerciseAnswered
from shared.event_store import EventStore
from shared.events.base import DomainEvent, Identifier, SubjectId

AGAINST: Final = "append, nothing encrypted"
LEARNERS: Final = 50


class PlainAnswer(DomainEvent):
    """`ExerciseAnswered` with nothing personal in its types."""

    learner_id: SubjectId
    enrolment_id: Identifier
    module_id: Identifier
    exercise_id: Identifier
    answer: str
    score: int
    answered_at: datetime


async def measure(stage: Stage) -> list[Row]:
    """Measure appends of the same facts with and without encryption, keys at hand."""
    async with stage.learning(running=False, domain_events=(*DOMAIN_EVENTS, PlainAnswer)) as ours:
        turn, rounds = stage.size(20, 3), stage.size(60, 2)
        facts, store = stage.facts(), ours.kernel.store
        sealed = Answers(store, facts, facts.learners(LEARNERS), plain=False)
        plain = Answers(store, facts, facts.learners(LEARNERS), plain=True)
        await sealed.append(LEARNERS)
        await plain.append(LEARNERS)
        with_keys, without = await stage.interleaved(
            rounds, lambda: sealed.append(turn), lambda: plain.append(turn)
        )
        what = "append with two values encrypted, p50"
        return [Row(what, p50(with_keys), "ms", p50(without), AGAINST, ratio_at_most(1.3))]


class Answers:
    """Appends answers to streams of some learners, one after the other."""

    def __init__(
        self, store: EventStore, facts: Facts, learners: Sequence[SubjectId], *, plain: bool
    ) -> None:
        self._store = store
        self._facts = facts
        self._learners = learners
        self._plain = plain
        self._turns = count()

    async def append(self, times: int) -> list[float]:
        """Append so many answers and return what each took, in milliseconds."""
        return [await self._append(next(self._turns)) for _ in range(times)]

    async def _append(self, turn: int) -> float:
        version, place = divmod(turn, len(self._learners))
        learner = self._learners[place]
        answered = self._facts.answered(learner, version + 1)
        event: ExerciseAnswered | PlainAnswer = answered
        if self._plain:
            event = PlainAnswer(
                learner_id=learner,
                enrolment_id=answered.enrolment_id,
                module_id=MODULE,
                exercise_id=answered.exercise_id,
                answer=answered.answer.text(),
                score=int(answered.score.text()),
                answered_at=START + timedelta(minutes=version),
            )
        began = perf_counter()
        await self._store.append(stream_of(learner), version, [event], subject=learner, meta=META)
        return (perf_counter() - began) * 1_000
