"""What a learner was told of a live session, as this service stores it."""

from datetime import datetime

from shared.events.base import DomainEvent, Identifier, SubjectId
from shared.events.learning import UninvitedBecause


class SessionInvited(DomainEvent):
    """The session stands in the learner's calendar, or stands there at another time."""

    learner_id: SubjectId
    session_id: Identifier
    module_id: Identifier
    sequence: int
    """RFC 5545 SEQUENCE: 0, then one more with everything that is told of the seat."""
    starts_at: datetime
    ends_at: datetime
    moved: bool = False
    """Whether the calendar showed it at another time."""


class SessionUninvited(DomainEvent):
    """The session stands in the learner's calendar no longer."""

    learner_id: SubjectId
    session_id: Identifier
    module_id: Identifier
    sequence: int
    starts_at: datetime
    ends_at: datetime
    because: UninvitedBecause


SeatEvent = SessionInvited | SessionUninvited
