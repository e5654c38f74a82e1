"""What happened to an enrolment, as this service stores it."""

from datetime import date, datetime
from typing import Annotated, Literal

from shared.events.base import DomainEvent, Identifier, SubjectId
from shared.personal import Category, Personal, PersonalField

HISTORY = PersonalField(Category.LEARNING_HISTORY, object="enrolment_id")


class EnrolmentFact(DomainEvent):
    """Something that happened to one enrolment."""

    learner_id: SubjectId
    enrolment_id: Identifier
    module_id: Identifier


class CourseEnrolled(EnrolmentFact):
    """The contract started (C9.1)."""

    access_until: date
    enrolled_at: datetime


class ExerciseAnswered(EnrolmentFact):
    """An exercise was answered and scored (C1.4)."""

    exercise_id: Identifier
    answer: Annotated[Personal[str], HISTORY]
    score: Annotated[Personal[int], HISTORY]
    """Percent, 0 to 100."""
    answered_at: datetime


class CourseCompleted(EnrolmentFact):
    """Every exercise has been answered; a trainer may now decide (C5.2)."""


class EnrolmentEnded(EnrolmentFact):
    """The contract ended before its last day."""

    reason: Literal["learner", "account_closed"]


class CertificationGranted(EnrolmentFact):
    """A trainer validated the skill."""

    staff_id: SubjectId
    comment: Annotated[Personal[str] | None, HISTORY] = None


class CertificationRefused(EnrolmentFact):
    """A trainer decided that the skill is not there yet."""

    staff_id: SubjectId
    comment: Annotated[Personal[str] | None, HISTORY] = None


class TrainingReminderDue(EnrolmentFact):
    """The learner has not come back for a while (C5.1)."""


class EnrolmentAnonymised(EnrolmentFact):
    """The enrolment's figures are on their way into the statistics, under a sealed link.

    Once the enrolment's key is destroyed nobody can tell which figures were its own.
    """

    contribution: Annotated[Personal[str], HISTORY]


EnrolmentEvent = (
    CourseEnrolled
    | ExerciseAnswered
    | CourseCompleted
    | EnrolmentEnded
    | CertificationGranted
    | CertificationRefused
    | TrainingReminderDue
    | EnrolmentAnonymised
)
