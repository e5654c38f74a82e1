"""What can be asked of an enrolment. Time, ids and the module come with the command."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from services.learning.domain.account import AccountStanding
from services.learning.domain.catalogue.answers import RawAnswer
from services.learning.domain.catalogue.model import Module
from services.learning.domain.dispute import Contested
from shared.events.base import SubjectId
from shared.personal import Personal

Ending = Literal["withdrawn", "erased"]
"""How a dispute ends without a decision."""


@dataclass(frozen=True, slots=True)
class StaffActor:
    """The member of staff who acts, as authentication established it."""

    staff_id: SubjectId
    role: str


@dataclass(frozen=True, slots=True)
class Enrol:
    """Start the contract for one module."""

    learner_id: SubjectId
    enrolment_id: str
    module: Module
    standing: AccountStanding
    at: datetime


@dataclass(frozen=True, slots=True)
class AnswerExercise:
    """Answer one exercise, for the first time or again."""

    learner_id: SubjectId
    module: Module
    exercise_id: str
    answer: Personal[RawAnswer]
    at: datetime


@dataclass(frozen=True, slots=True)
class EndEnrolment:
    """End the contract before its last day."""

    learner_id: SubjectId
    reason: Literal["learner", "account_closed"]
    at: datetime


@dataclass(frozen=True, slots=True)
class CorrectAccess:
    """Correct the last day of the contract, which was recorded wrongly."""

    access_until: date


@dataclass(frozen=True, slots=True)
class DisputeEnrolment:
    """Say that a value is wrong."""

    learner_id: SubjectId
    dispute_id: str
    contested: Contested
    should_be: Personal[str]
    why: Personal[str]
    at: datetime


@dataclass(frozen=True, slots=True)
class SettleEnrolmentDispute:
    """Decide about a disputed value; `right` is what is held from now on, `None` refuses."""

    dispute_id: str
    by: StaffActor
    right: Personal[str] | None
    reason: Personal[str] | None
    archived: bool
    author: bool
    """Whether who decides made the assessment."""


@dataclass(frozen=True, slots=True)
class CloseEnrolmentDispute:
    """Take it back, or let it end with what was disputed."""

    dispute_id: str
    outcome: Ending


@dataclass(frozen=True, slots=True)
class DecideCertification:
    """Grant or refuse the certification: a trainer's decision, never the system's (C5.2)."""

    by: StaffActor
    decision: Literal["granted", "refused"]
    comment: Personal[str] | None
    at: datetime


@dataclass(frozen=True, slots=True)
class RemindOfTraining:
    """Remind the learner when the enrolment has been idle long enough (C5.1)."""

    at: datetime


@dataclass(frozen=True, slots=True)
class SuggestModule:
    """Suggest what fits after this module, once it has been over long enough (C3.1, C5.1)."""

    module_id: str
    """What is suggested."""
    at: datetime


@dataclass(frozen=True, slots=True)
class AnonymiseEnrolment:
    """Prepare to add the enrolment to the statistics before its key goes (C2.6).

    `contribution` is a fresh random token for the statistics' side. It is personal, since it links
    the two for as long as the enrolment's key lives, and no longer.
    """

    contribution: Personal[str]


@dataclass(frozen=True, slots=True)
class RecordContribution:
    """Record that the statistics hold the enrolment's contribution."""


EnrolmentCommand = (
    Enrol
    | AnswerExercise
    | EndEnrolment
    | CorrectAccess
    | DecideCertification
    | DisputeEnrolment
    | SettleEnrolmentDispute
    | CloseEnrolmentDispute
    | RemindOfTraining
    | SuggestModule
    | AnonymiseEnrolment
    | RecordContribution
)
