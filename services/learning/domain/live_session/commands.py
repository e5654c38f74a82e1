"""What can be asked of a live session."""

from dataclasses import dataclass
from datetime import datetime

from services.learning.domain.teaching.state import Group, Teaching
from shared.events.base import SubjectId


@dataclass(frozen=True, slots=True)
class PlanSession:
    """Meet a group between two instants."""

    session_id: str
    trainer_id: SubjectId
    teaching: Teaching
    """What the trainer teaches: nobody meets the groups of others."""
    group: Group
    starts_at: datetime
    ends_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class MoveSession:
    """Meet at another time."""

    by: str
    starts_at: datetime
    ends_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class AssignSpeaker:
    """Let an external speaker come, who sees first names while the session lasts (C6.3)."""

    speaker_id: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class WithdrawSpeaker:
    """Let no external speaker come."""

    by: str


@dataclass(frozen=True, slots=True)
class CancelSession:
    """The session does not take place."""

    by: str
    at: datetime


LiveSessionCommand = PlanSession | MoveSession | AssignSpeaker | WithdrawSpeaker | CancelSession
