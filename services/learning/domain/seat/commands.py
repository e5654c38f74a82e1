"""What can be asked of a seat."""

from dataclasses import dataclass
from datetime import datetime

from shared.events.base import SubjectId


@dataclass(frozen=True, slots=True)
class FollowSession:
    """Bring the seat in step with its session and its learner's enrolments."""

    learner_id: SubjectId
    session_id: str
    module_id: str
    starts_at: datetime
    ends_at: datetime
    cancelled: bool
    """Whether the session does not take place."""
    taking_part: bool
    """Whether an enrolment of the learner belongs to the session's group."""
    at: datetime


@dataclass(frozen=True, slots=True)
class GiveUpSeat:
    """The learner does not come."""

    at: datetime


@dataclass(frozen=True, slots=True)
class TakeSeat:
    """The learner comes after all, when the session takes place by now."""

    starts_at: datetime
    ends_at: datetime
    at: datetime


SeatCommand = FollowSession | GiveUpSeat | TakeSeat
