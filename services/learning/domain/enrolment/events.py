"""What happened to an enrolment, as this service stores it."""

from datetime import date, datetime
from typing import Annotated, ClassVar, Literal

from shared.events.base import DomainEvent, Identifier, SubjectId
from shared.events.disputes import DisputedField, DisputeOutcome
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


class AccessCorrected(EnrolmentFact):
    """The last day of the contract was wrong."""

    access_until: date


class EnrolmentDisputed(EnrolmentFact):
    """The person says that a value is wrong, what it should be and why (C8.2)."""

    dispute_id: Identifier
    field: DisputedField
    about: Identifier
    """The event that holds the value; the enrolment, for its last day."""
    number: int = 1
    exercise_id: Identifier | None = None
    restricted: bool
    """Whether it serves nothing else meanwhile (GDPR art. 18(1)(a))."""
    should_be: Annotated[Personal[str], HISTORY]
    why: Annotated[Personal[str], HISTORY]
    disputed_at: datetime


class EnrolmentDisputeSettled(EnrolmentFact):
    """Somebody decided about a disputed value, or the person took it back."""

    dispute_id: Identifier
    field: DisputedField
    outcome: DisputeOutcome
    settled_by: Identifier | None = None
    reason: Annotated[Personal[str] | None, HISTORY] = None


class ScoreCorrected(EnrolmentFact):
    """The result of an answer was wrong: from now on this one counts, and alone is shown."""

    corrects: Identifier
    """The event that holds the wrong value."""
    exercise_id: Identifier
    number: int
    """Which answer to the exercise, from 1."""
    score: Annotated[Personal[int], HISTORY]
    """Percent, 0 to 100."""


class CommentCorrected(EnrolmentFact):
    """A trainer's assessment was wrong: from now on this one alone is shown."""

    corrects: Identifier
    number: int
    """Which decision of a trainer, from 1."""
    comment: Annotated[Personal[str], HISTORY]


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

    due_since: datetime | None = None
    """When it fell due, whenever that was noticed."""


class ModuleSuggested(EnrolmentFact):
    """After this module another one fits, and the learner has begun none (C3.1, C5.1)."""

    suggested_module_id: Identifier
    due_since: datetime
    """When it fell due, whenever that was noticed."""


class EnrolmentAnonymised(EnrolmentFact):
    """The enrolment is about to be added to the statistics, under a token sealed with its own key.

    Once that key is destroyed nobody can tell that the token was the enrolment's.
    """

    contribution: Annotated[Personal[str], HISTORY]


class EnrolmentContributed(EnrolmentFact):
    """The statistics hold the enrolment's contribution: its key may go."""

    NEVER_PUBLISHED: ClassVar[bool] = True


EnrolmentEvent = (
    CourseEnrolled
    | ExerciseAnswered
    | CourseCompleted
    | EnrolmentEnded
    | AccessCorrected
    | EnrolmentDisputed
    | EnrolmentDisputeSettled
    | ScoreCorrected
    | CommentCorrected
    | CertificationGranted
    | CertificationRefused
    | TrainingReminderDue
    | ModuleSuggested
    | EnrolmentAnonymised
    | EnrolmentContributed
)
