"""What happened to a support request, as this service stores it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, ClassVar

from shared.events.base import DomainEvent, Identifier, SubjectId, Upcaster
from shared.events.support import MediaType, SupportChannel, SupportQueue, about_anybody
from shared.personal import Category, Personal, PersonalField

OfRequest = PersonalField(Category.SUPPORT, about="subject_id", object="request_id")
OfStaff = PersonalField(Category.STAFF, about="staff_id")


class RequestOpened(DomainEvent):
    """A person, with or without an account, asked for support."""

    VERSION: ClassVar[int] = 2
    UPCASTERS: ClassVar[Mapping[int, Upcaster]] = {1: about_anybody}

    subject_id: SubjectId
    request_id: Identifier
    message: Annotated[Personal[str], OfRequest]
    title: Annotated[Personal[str] | None, OfRequest] = None
    channel: SupportChannel = "portal"
    queue: SupportQueue = "support"
    has_account: bool = True
    mail: Annotated[Personal[str] | None, OfRequest] = None
    """Message-ID of the mail it came as."""
    due_at: datetime | None = None
    said_at: datetime | None = None
    """When it was said, where that was before the person had an account."""


class MessageReceived(DomainEvent):
    """The person added to the request."""

    subject_id: SubjectId
    request_id: Identifier
    message: Annotated[Personal[str], OfRequest]
    channel: SupportChannel
    mail: Annotated[Personal[str] | None, OfRequest] = None
    due_at: datetime
    said_at: datetime | None = None
    """When it was said, where that was before the person had an account."""


class ReplyGiven(DomainEvent):
    """Support answered: what is said is the person's, the name under it its author's."""

    VERSION: ClassVar[int] = 2
    UPCASTERS: ClassVar[Mapping[int, Upcaster]] = {1: about_anybody}

    subject_id: SubjectId
    request_id: Identifier
    staff_id: SubjectId
    message: Annotated[Personal[str], OfRequest]
    author: Annotated[Personal[str] | None, OfStaff] = None
    channel: SupportChannel = "portal"
    title: Annotated[Personal[str] | None, OfRequest] = None
    answers: Annotated[Personal[str] | None, OfRequest] = None
    """Message-ID of the mail that is answered."""
    thread: Identifier | None = None
    said_at: datetime | None = None
    """When it was said, where that was before the person had an account."""


class FileAttached(DomainEvent):
    """A file came with what the person said; its content is kept beside, under the same key."""

    subject_id: SubjectId
    request_id: Identifier
    file_id: Identifier
    name: Annotated[Personal[str], OfRequest]
    media_type: MediaType
    bytes_count: int


class RequestAssigned(DomainEvent):
    """Somebody of staff takes care of the request, or nobody any more."""

    subject_id: SubjectId
    request_id: Identifier
    assignee: Identifier | None


class RequestMoved(DomainEvent):
    """The request belongs to another queue."""

    subject_id: SubjectId
    request_id: Identifier
    queue: SupportQueue
    due_at: datetime | None = None


class RequestResolved(DomainEvent):
    """The request found its final resolution."""

    VERSION: ClassVar[int] = 2
    UPCASTERS: ClassVar[Mapping[int, Upcaster]] = {1: about_anybody}

    subject_id: SubjectId
    request_id: Identifier


class RequestReopened(DomainEvent):
    """The resolution was not final after all."""

    VERSION: ClassVar[int] = 2
    UPCASTERS: ClassVar[Mapping[int, Upcaster]] = {1: about_anybody}

    subject_id: SubjectId
    request_id: Identifier


SupportEvent = (
    RequestOpened
    | MessageReceived
    | ReplyGiven
    | FileAttached
    | RequestAssigned
    | RequestMoved
    | RequestResolved
    | RequestReopened
)
