"""What happened to a live session, as this service stores it."""

from datetime import datetime

from shared.cohorts import Cohort
from shared.events.base import DomainEvent, Identifier, SubjectId


class LiveSessionPlanned(DomainEvent):
    """A trainer meets a group between two instants."""

    trainer_id: SubjectId
    session_id: Identifier
    module_id: Identifier
    cohort: Cohort | None = None
    starts_at: datetime
    ends_at: datetime


class LiveSessionMoved(DomainEvent):
    """The session takes place at another time."""

    trainer_id: SubjectId
    session_id: Identifier
    starts_at: datetime
    ends_at: datetime


class SpeakerAssigned(DomainEvent):
    """An external speaker comes to the session (C6.3); another one before comes no more."""

    trainer_id: SubjectId
    session_id: Identifier
    speaker_id: Identifier
    assigned_by: Identifier


class SpeakerWithdrawn(DomainEvent):
    """No external speaker comes to the session."""

    trainer_id: SubjectId
    session_id: Identifier
    withdrawn_by: Identifier


class LiveSessionCancelled(DomainEvent):
    """The session does not take place."""

    trainer_id: SubjectId
    session_id: Identifier


LiveSessionEvent = (
    LiveSessionPlanned
    | LiveSessionMoved
    | SpeakerAssigned
    | SpeakerWithdrawn
    | LiveSessionCancelled
)
