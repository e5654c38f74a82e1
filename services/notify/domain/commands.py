"""What can be asked of a message."""

from dataclasses import dataclass, field
from datetime import datetime

from services.notify.domain.events import Details, SuppressionReason, WaitingFor
from shared.events.base import SubjectId
from shared.events.notify import MessageKind, ToldBy
from shared.personal import Personal


@dataclass(frozen=True, slots=True)
class Answer:
    """What support answers to somebody without an account, sealed as it came."""

    request_id: str
    text: Personal[str]
    title: Personal[str] | None
    answers: Personal[str] | None


@dataclass(frozen=True, slots=True)
class QueueMessage:
    """Make the message due."""

    subject_id: SubjectId
    message_id: str
    kind: MessageKind
    cause_id: str
    at: datetime
    details: Details = field(default_factory=Details)
    token: Personal[str] | None = None
    guardian_email: Personal[str] | None = None
    address: Personal[str] | None = None
    answer: Answer | None = None
    owed_since: datetime | None = None
    """When what the message is about came to be; `None`: just now."""
    restored_at: datetime | None = None
    """When the stores were last restored; `None`: never."""


@dataclass(frozen=True, slots=True)
class StartAttempt:
    """Try again, unless somebody else is at it or it is not yet time."""

    at: datetime


@dataclass(frozen=True, slots=True)
class ReportSent:
    """The provider accepted it."""

    at: datetime


@dataclass(frozen=True, slots=True)
class ReportFailure:
    """The provider did not accept it."""

    code: str
    permanent: bool
    at: datetime
    status: str | None = None


@dataclass(frozen=True, slots=True)
class SuppressMessage:
    """It has no valid basis now."""

    reason: SuppressionReason
    at: datetime


@dataclass(frozen=True, slots=True)
class Defer:
    """Let it leave later."""

    waiting_for: WaitingFor
    until: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class ReportBounce:
    """It came back."""

    status: str
    hard: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class ReportComplaint:
    """The person called it unwanted."""

    at: datetime


@dataclass(frozen=True, slots=True)
class RepeatMessage:
    """Send what it says once more, as another message, to an address that is new."""

    repeat_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class NoteTold:
    """Staff told the person what it says."""

    channel: ToldBy
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SetAside:
    """Whether it was sent is not known after a restore."""

    at: datetime


@dataclass(frozen=True, slots=True)
class ReleaseMessage:
    """Send it after all."""

    at: datetime


@dataclass(frozen=True, slots=True)
class MarkRead:
    """The person has read its notice."""

    at: datetime


MessageCommand = (
    QueueMessage
    | MarkRead
    | StartAttempt
    | ReportSent
    | ReportFailure
    | SuppressMessage
    | SetAside
    | ReleaseMessage
    | Defer
    | ReportBounce
    | ReportComplaint
    | RepeatMessage
    | NoteTold
)
