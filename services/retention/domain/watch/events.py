"""What was told and done about one person's terms, as this service stores it."""

from datetime import datetime

from shared.events.base import DomainEvent, Identifier, SubjectId
from shared.events.retention import AlarmKind


class EndAnnounced(DomainEvent):
    """The person is told that data goes at `due`, and that coming back stops it."""

    subject_id: SubjectId
    rule_id: Identifier
    due: datetime


class ArchiveWasEntered(DomainEvent):
    """The account left the active phase (C2.5)."""

    subject_id: SubjectId


class ArchiveWasLeft(DomainEvent):
    """The person came back."""

    subject_id: SubjectId


class AlarmWasRaised(DomainEvent):
    """Something needs the data protection officer."""

    alarm_id: Identifier
    kind: AlarmKind
    subject_id: SubjectId
    rule_id: Identifier | None = None
    case_id: Identifier | None = None


class AlarmWasSettled(DomainEvent):
    """The anchor that was missing or contradicted itself is there: the alarm is over."""

    subject_id: SubjectId
    rule_id: Identifier


WatchEvent = EndAnnounced | ArchiveWasEntered | ArchiveWasLeft | AlarmWasRaised | AlarmWasSettled
