"""What happened to an access file; nothing here is a personal value."""

from datetime import datetime

from shared.events.access_files import Digest
from shared.events.base import DomainEvent, Identifier, SubjectId
from shared.words import Language


class FileRequested(DomainEvent):
    """Everything held about a person is to be put together, as of now."""

    subject_id: SubjectId
    file_id: Identifier
    has_account: bool
    language: Language
    key_digest: Digest
    owed: tuple[Identifier, ...]
    requested_at: datetime


class AccessPartTaken(DomainEvent):
    """A service has made its part."""

    subject_id: SubjectId
    file_id: Identifier
    service: Identifier
    made_at: datetime
    values: int
    size: int
    sha256: Digest


class FileDelayed(DomainEvent):
    """Some parts are owed for too long; they are asked for again."""

    subject_id: SubjectId
    file_id: Identifier
    language: Language
    key_digest: Digest
    services: tuple[Identifier, ...]
    since: datetime
    attempt: int


class FileCompleted(DomainEvent):
    """No part is owed any more."""

    subject_id: SubjectId
    file_id: Identifier
    until: datetime


class FileFetched(DomainEvent):
    """The person has the file."""

    subject_id: SubjectId
    file_id: Identifier
    fetched_at: datetime


AccessFileEvent = FileRequested | AccessPartTaken | FileDelayed | FileCompleted | FileFetched
