"""Invented facts to store, publish and fold: learners who answer exercises."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from services.learning.domain.enrolment.events import CourseEnrolled, ExerciseAnswered
from shared.event_store import Metadata
from shared.events.base import SubjectId
from shared.personal import Personal

START: Final = datetime(2026, 1, 1, tzinfo=UTC)
MODULE: Final = "budget-request"
WORDS: Final = ("coûts", "budget", "équipe", "marge", "projet", "trimestre", "délai", "accord")
META: Final = Metadata(actor="bench", role="system", correlation_id="bench")


def stream_of(learner: SubjectId) -> str:
    """Return the stream of the learner's enrolment."""
    return f"enrolment-{learner}"


@dataclass(frozen=True, slots=True)
class Facts:
    """Makes facts from a seeded generator."""

    rng: random.Random

    def learners(self, count: int) -> list[SubjectId]:
        """Return `count` ids that nobody else has."""
        return [SubjectId(f"learner-{self.rng.getrandbits(64):016x}") for _ in range(count)]

    def enrolled(self, learner: SubjectId) -> CourseEnrolled:
        """Return the beginning of the learner's enrolment."""
        return CourseEnrolled(
            learner_id=learner,
            enrolment_id=f"e-{learner}",
            module_id=MODULE,
            access_until=date(2027, 1, 1),
            enrolled_at=START,
        )

    def answered(self, learner: SubjectId, number: int = 1) -> ExerciseAnswered:
        """Return an answer with a text and a score, both personal."""
        return ExerciseAnswered(
            learner_id=learner,
            enrolment_id=f"e-{learner}",
            module_id=MODULE,
            exercise_id=f"exercise-{number % 12 + 1}",
            answer=Personal(" ".join(self.rng.choices(WORDS, k=6))),
            score=Personal(self.rng.randrange(101)),
            answered_at=START + timedelta(minutes=number),
        )

    def answers(self, learner: SubjectId, count: int) -> Iterator[ExerciseAnswered]:
        """Yield `count` answers of one learner."""
        return (self.answered(learner, number) for number in range(1, count + 1))
