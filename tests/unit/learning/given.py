"""The words given / when / then for the learning service's deciders, and invented people."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.learning.adapters.catalogue_files import load_catalogue
from services.learning.domain.account import AccountStanding
from services.learning.domain.catalogue.exercises import (
    Exercise,
    MultipleChoice,
    Numeric,
    Ordering,
    Simulation,
    SingleChoice,
)
from services.learning.domain.enrolment.commands import AnswerExercise, Enrol, StaffActor
from services.learning.domain.enrolment.decide import decide
from services.learning.domain.enrolment.evolve import evolve
from services.learning.domain.enrolment.state import EnrolmentState
from shared.events.base import SubjectId
from shared.personal import Personal

CATALOGUE = load_catalogue()
MODULE = CATALOGUE.module("budget-request")
LEARNER = SubjectId("learner-1")
SOMEBODY_ELSE = SubjectId("learner-2")
TRAINER = StaffActor(SubjectId("staff-1"), "trainer")
START = datetime(2030, 3, 1, 9, 0, tzinfo=UTC)
OPEN = AccountStanding(confirmed=True)


@dataclass
class Given:
    """History, then a command, then what is expected of it."""

    decide: Callable[[Any, Any], Sequence[Any]]
    evolve: Callable[[Any, Any], Any]
    state: Any
    events: Sequence[Any] = ()

    def when(self, command: object) -> "Given":
        """Decide on `command` and fold what it leads to."""
        events = self.decide(command, self.state)
        state = self.state
        for event in events:
            state = self.evolve(state, event)
        return Given(self.decide, self.evolve, state, events)

    def then(self, *events: type) -> None:
        """Expect exactly events of these types."""
        assert [type(event) for event in self.events] == list(events)

    def refuses(self, command: object, error: type[Exception]) -> None:
        """Expect `command` to be refused with `error`."""
        with pytest.raises(error):
            self.decide(command, self.state)


def no_enrolment() -> Given:
    """Nothing happened yet."""
    return Given(decide, evolve, EnrolmentState())


def enrol(at: datetime = START, standing: AccountStanding = OPEN) -> Enrol:
    """Enrol the learner in the first module."""
    return Enrol(LEARNER, "enrolment-1", MODULE, standing, at)


def enrolled() -> Given:
    """A running enrolment."""
    return no_enrolment().when(enrol())


def answer(
    exercise_id: str, raw: Any, *, at: datetime = START, by: SubjectId = LEARNER
) -> AnswerExercise:
    """Answer one exercise of the first module."""
    return AnswerExercise(by, MODULE, exercise_id, Personal(raw), at)


def right(exercise: Exercise) -> Any:
    """Return the right answer."""
    match exercise:
        case SingleChoice():
            return exercise.solution
        case MultipleChoice():
            return sorted(exercise.solutions)
        case Numeric():
            return str(exercise.solution)
        case Ordering():
            return list(exercise.solution)
        case Simulation():
            return [max(step.options, key=lambda o: o.points).id for step in exercise.steps]


def completed(at: datetime = START) -> Given:
    """Every exercise answered rightly."""
    story = enrolled()
    for exercise in MODULE.exercises:
        story = story.when(answer(exercise.id, right(exercise), at=at))
    return story


def days(number: int) -> timedelta:
    """Return a span of days."""
    return timedelta(days=number)
