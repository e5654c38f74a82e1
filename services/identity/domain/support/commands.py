"""What can be asked of a support request."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from services.identity.domain.support.events import SupportEvent
from shared.events.base import SubjectId
from shared.events.support import SupportChannel, SupportQueue
from shared.personal import Personal


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file that is kept already."""

    file_id: str
    name: Personal[str]
    media_type: str
    bytes_count: int


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """Ask for support."""

    subject_id: SubjectId
    request_id: str
    message: Personal[str]
    at: datetime
    title: Personal[str] | None = None
    channel: SupportChannel = "portal"
    has_account: bool = True
    mail: Personal[str] | None = None
    """Message-ID of the mail it came as."""
    files: tuple[AttachedFile, ...] = ()
    queue: SupportQueue | None = None
    """Whose it is where that is known; else what it is called decides."""


@dataclass(frozen=True, slots=True)
class Said:
    """An event of the request that is taken over, and when it happened."""

    event: SupportEvent
    at: datetime


@dataclass(frozen=True, slots=True)
class TakeOverRequest:
    """Go on under an account with what was asked before there was one (C2.9)."""

    subject_id: SubjectId
    request_id: str
    said: tuple[Said, ...]
    """Its whole history, opened."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Under which id each of its files is kept now."""


@dataclass(frozen=True, slots=True)
class ReceiveMessage:
    """Take in what the person adds; a resolved request is open again by it."""

    message: Personal[str]
    at: datetime
    channel: SupportChannel = "portal"
    mail: Personal[str] | None = None
    title: Personal[str] | None = None
    """What the mail is called now: a thread can become one about data protection."""
    files: tuple[AttachedFile, ...] = ()


@dataclass(frozen=True, slots=True)
class ReplyToRequest:
    """Answer the person."""

    staff_id: SubjectId
    message: Personal[str]
    author: Personal[str] | None
    """The name that the person reads under the reply."""
    channel: SupportChannel | None = None
    """Where staff answered in person: `telephone` or `post`; else it is sent."""
    thread: str | None = None


@dataclass(frozen=True, slots=True)
class AssignRequest:
    """Have somebody of staff take care of it, or nobody."""

    assignee: SubjectId | None


@dataclass(frozen=True, slots=True)
class MoveRequest:
    """Hand it to another queue."""

    queue: SupportQueue
    at: datetime


@dataclass(frozen=True, slots=True)
class ResolveRequest:
    """Find the final resolution: the two years start (C2.7)."""


@dataclass(frozen=True, slots=True)
class ReopenRequest:
    """The resolution was not final: the two years stop."""


SupportCommand = (
    OpenRequest
    | TakeOverRequest
    | ReceiveMessage
    | ReplyToRequest
    | AssignRequest
    | MoveRequest
    | ResolveRequest
    | ReopenRequest
)
