"""What can be asked of an access file."""

from dataclasses import dataclass
from datetime import datetime

from shared.events.base import SubjectId
from shared.words import Language


@dataclass(frozen=True, slots=True)
class RequestFile:
    """Have every service compose its part."""

    subject_id: SubjectId
    file_id: str
    """Id of the rights case that it answers."""
    has_account: bool
    language: Language
    key_digest: str
    owed: tuple[str, ...]
    """Services that owe a part."""
    at: datetime


@dataclass(frozen=True, slots=True)
class TakePart:
    """Note that a service has made its part."""

    service: str
    made_at: datetime
    values: int
    size: int
    sha256: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FetchFile:
    """Hand the file to the person, once."""

    at: datetime


@dataclass(frozen=True, slots=True)
class FollowFile:
    """Let time do its part: ask again for what is owed too long."""

    at: datetime


AccessFileCommand = RequestFile | TakePart | FetchFile | FollowFile
