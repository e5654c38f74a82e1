"""What the learning service tells others: enrolments, exercises, certifications, invoices."""

from datetime import date, datetime
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from shared.cohorts import Cohort
from shared.events.base import Identifier, PublicEvent, SubjectId
from shared.events.disputes import DisputedField, DisputeOutcome
from shared.personal import Category, Personal, PersonalField

UninvitedBecause = Literal["cancelled", "given_up", "not_enrolled"]
"""Why a session left a learner's calendar: it does not take place, or they do not take part."""


class LearningEvent(PublicEvent):
    """Published on `learning.events`."""

    SERVICE: ClassVar[str] = "learning"


class CourseEnrolled(LearningEvent):
    """An enrolment, that is the contract, started (C9.1)."""

    learner_id: SubjectId
    enrolment_id: Identifier
    module_id: Identifier
    access_until: date
    """Last day of the contract when nothing ends it earlier."""


class AccessCorrected(LearningEvent):
    """The last day of a contract was wrong; the last correction counts."""

    learner_id: SubjectId
    enrolment_id: Identifier
    access_until: date


class DatumDisputed(LearningEvent):
    """The person says that a value is wrong; it is contested until somebody decides (C8.2)."""

    learner_id: SubjectId
    dispute_id: Identifier
    field: DisputedField
    object: Identifier
    """The enrolment or the invoice."""
    restricted: bool
    """Whether it serves nothing else meanwhile (GDPR art. 18(1)(a))."""


class DisputeSettled(LearningEvent):
    """Somebody decided about a disputed value, or the person took it back."""

    learner_id: SubjectId
    dispute_id: Identifier
    field: DisputedField
    object: Identifier
    outcome: DisputeOutcome


class ScoreCorrected(LearningEvent):
    """The result of an answer was wrong: from now on this one counts."""

    learner_id: SubjectId
    enrolment_id: Identifier
    module_id: Identifier
    exercise_id: Identifier
    corrects: Identifier
    """The event that holds the wrong value."""
    number: int
    """Which answer to the exercise, from 1."""
    score: Annotated[Personal[int], PersonalField(Category.LEARNING_HISTORY, object="enrolment_id")]
    """Percent, 0 to 100."""


class CommentCorrected(LearningEvent):
    """A trainer's assessment was wrong: from now on this one counts."""

    learner_id: SubjectId
    enrolment_id: Identifier
    module_id: Identifier
    corrects: Identifier
    number: int
    """Which decision of a trainer, from 1."""
    comment: Annotated[
        Personal[str], PersonalField(Category.LEARNING_HISTORY, object="enrolment_id")
    ]


class EnrolmentEnded(LearningEvent):
    """The contract ended before its last day."""

    learner_id: SubjectId
    enrolment_id: Identifier
    reason: Literal["learner", "account_closed"]


class ExerciseAnswered(LearningEvent):
    """The learner answered an exercise and the answer was scored (C1.4)."""

    learner_id: SubjectId
    enrolment_id: Identifier
    module_id: Identifier
    exercise_id: Identifier
    answer: Annotated[
        Personal[str], PersonalField(Category.LEARNING_HISTORY, object="enrolment_id")
    ]
    score: Annotated[Personal[int], PersonalField(Category.LEARNING_HISTORY, object="enrolment_id")]
    """Percent, 0 to 100."""


class CourseCompleted(LearningEvent):
    """Every exercise of the module has been answered; a trainer may now decide (C5.2)."""

    learner_id: SubjectId
    enrolment_id: Identifier
    module_id: Identifier


class CertificationGranted(LearningEvent):
    """A trainer validated the skill (C5.2: never automatic)."""

    learner_id: SubjectId
    enrolment_id: Identifier
    module_id: Identifier
    staff_id: SubjectId
    comment: Annotated[
        Personal[str] | None, PersonalField(Category.LEARNING_HISTORY, object="enrolment_id")
    ] = None


class CertificationRefused(LearningEvent):
    """A trainer decided that the skill is not there yet."""

    learner_id: SubjectId
    enrolment_id: Identifier
    module_id: Identifier
    staff_id: SubjectId
    comment: Annotated[
        Personal[str] | None, PersonalField(Category.LEARNING_HISTORY, object="enrolment_id")
    ] = None


class InvoiceIssued(LearningEvent):
    """An invoice in its own compartment (C2.4, C2.8, C4.2)."""

    learner_id: SubjectId
    invoice_id: Identifier
    enrolment_id: Identifier
    accounting_year_end: date
    billing_name: Annotated[Personal[str], PersonalField(Category.PAYMENT, object="invoice_id")]
    amount_cents: Annotated[Personal[int], PersonalField(Category.PAYMENT, object="invoice_id")]
    """Euro cents, taxes included."""


class RecipientCorrected(LearningEvent):
    """The recipient of an invoice was wrong: it is made out to this one, under the same number."""

    learner_id: SubjectId
    invoice_id: Identifier
    corrects: Identifier
    billing_name: Annotated[Personal[str], PersonalField(Category.PAYMENT, object="invoice_id")]


class InvoicePaid(LearningEvent):
    """An invoice was paid."""

    learner_id: SubjectId
    invoice_id: Identifier
    method: Annotated[Personal[str], PersonalField(Category.PAYMENT, object="invoice_id")]


class SessionRecorded(LearningEvent):
    """A live session with the learner was recorded (C2.10)."""

    learner_id: SubjectId
    recording_id: Identifier
    title: Annotated[Personal[str], PersonalField(Category.RECORDING, object="recording_id")]
    location: Annotated[Personal[str], PersonalField(Category.RECORDING, object="recording_id")]
    """Where the video tool keeps it."""


class RecordingKept(LearningEvent):
    """The learner explicitly asked to keep the recording, for teaching (C2.10)."""

    learner_id: SubjectId
    recording_id: Identifier


class RecordingReleased(LearningEvent):
    """The learner no longer wants the recording kept: it goes at its term."""

    learner_id: SubjectId
    recording_id: Identifier


class LearningRecordImported(LearningEvent):
    """The learner brought a record from another platform; nothing here is attested by it (C8.5)."""

    learner_id: SubjectId
    import_id: Identifier
    record: Annotated[Personal[str], PersonalField(Category.LEARNING_HISTORY, object="import_id")]
    """The record and where it is from, as JSON."""


class TrainingReminderDue(LearningEvent):
    """An enrolled learner has not come back for a while (C5.1)."""

    learner_id: SubjectId
    enrolment_id: Identifier
    module_id: Identifier
    due_since: datetime | None = None
    """When it fell due, whenever that was noticed."""


class ModuleSuggested(LearningEvent):
    """After a completed module another one fits, and the learner has begun none (C3.1, C5.1)."""

    learner_id: SubjectId
    enrolment_id: Identifier
    module_id: Identifier
    """The completed one."""
    suggested_module_id: Identifier
    due_since: datetime
    """When it fell due, whenever that was noticed."""


class StatisticsContributed(LearningEvent):
    """Figures of one anonymised enrolment, as they were published one by one; no longer written."""

    module_id: Identifier
    period: Identifier
    """Year of enrolment, `YYYY`."""
    answers: int
    score_sum: int
    completed: bool
    certified: bool


class StatisticsFigure(BaseModel):
    """How many enrolments more lie in each category; one set of ten persons or more, whole."""

    model_config = ConfigDict(frozen=True)

    scope: Identifier
    """Cohort (quarter of enrolment, `YYYY-Qn`), year of enrolment (`YYYY`) or `all`."""
    about: Identifier
    """`enrolments`, `progress`, `duration` or `exercise:<id>`."""
    level: int
    """How fine the categories are: 0 is the bare number, 3 the finest."""
    counts: dict[str, int]
    """Enrolments by category. Each is 0 or stands for at least ten different persons."""


class StatisticsReleased(LearningEvent):
    """New figures of a module, to be added to earlier ones (C2.6, C9.3).

    What is left of anonymised enrolments. No difference between any two sums of figures tells of
    fewer than ten persons.
    """

    module_id: Identifier
    period: Identifier
    """Quarter of the release, `YYYY-Qn`."""
    figures: tuple[StatisticsFigure, ...]


class TrainerAssigned(LearningEvent):
    """A trainer teaches a cohort of a module from now on, or all who take it (C4.2)."""

    staff_id: SubjectId
    module_id: Identifier
    cohort: Cohort | None = None
    assigned_by: Identifier


class TrainerWithdrawn(LearningEvent):
    """A trainer teaches a group no longer, and sees its learners no more (C4.2)."""

    staff_id: SubjectId
    module_id: Identifier
    cohort: Cohort | None = None
    withdrawn_by: Identifier


class LiveSessionPlanned(LearningEvent):
    """A trainer meets a group between two instants."""

    trainer_id: SubjectId
    session_id: Identifier
    module_id: Identifier
    cohort: Cohort | None = None
    starts_at: datetime
    ends_at: datetime


class LiveSessionMoved(LearningEvent):
    """A live session takes place at another time."""

    trainer_id: SubjectId
    session_id: Identifier
    starts_at: datetime
    ends_at: datetime


class SessionInvited(LearningEvent):
    """A live session stands in a learner's calendar, or stands there at another time."""

    learner_id: SubjectId
    session_id: Identifier
    module_id: Identifier
    sequence: int
    """RFC 5545 SEQUENCE: 0, then one more with everything that is told of this seat."""
    starts_at: datetime
    ends_at: datetime
    moved: bool = False
    """Whether the calendar showed it at another time."""


class SessionUninvited(LearningEvent):
    """A live session stands in a learner's calendar no longer."""

    learner_id: SubjectId
    session_id: Identifier
    module_id: Identifier
    sequence: int
    starts_at: datetime
    ends_at: datetime
    because: UninvitedBecause


class SpeakerAssigned(LearningEvent):
    """An external speaker comes to a live session, and sees its participants meanwhile (C6.3)."""

    trainer_id: SubjectId
    session_id: Identifier
    speaker_id: Identifier
    assigned_by: Identifier


class SpeakerWithdrawn(LearningEvent):
    """No external speaker comes to a live session."""

    trainer_id: SubjectId
    session_id: Identifier
    withdrawn_by: Identifier


class LiveSessionCancelled(LearningEvent):
    """A live session does not take place."""

    trainer_id: SubjectId
    session_id: Identifier
