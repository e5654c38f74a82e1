"""What can be asked of the watch over one person's terms."""

from dataclasses import dataclass
from datetime import datetime

from shared.events.base import SubjectId
from shared.events.retention import AlarmKind


@dataclass(frozen=True, slots=True)
class AnnounceEnd:
    """Tell the person of an end, once for each date."""

    subject_id: SubjectId
    rule_id: str
    due: datetime


@dataclass(frozen=True, slots=True)
class EnterArchive:
    """Put the account into the intermediate archive."""

    subject_id: SubjectId


@dataclass(frozen=True, slots=True)
class LeaveArchive:
    """Take the account out of the intermediate archive."""

    subject_id: SubjectId


@dataclass(frozen=True, slots=True)
class RaiseAlarm:
    """Tell the data protection officer, once for each matter."""

    alarm_id: str
    kind: AlarmKind
    subject_id: SubjectId
    rule_id: str | None = None
    case_id: str | None = None


@dataclass(frozen=True, slots=True)
class SettleAlarm:
    """End the alarm about a rule whose anchor is there now."""

    subject_id: SubjectId
    rule_id: str


WatchCommand = AnnounceEnd | EnterArchive | LeaveArchive | RaiseAlarm | SettleAlarm
