"""What happened to a support request, as this service stores it."""

from typing import Annotated

from shared.events.base import DomainEvent, Identifier, SubjectId
from shared.personal import Category, Personal, PersonalField

OfRequest = PersonalField(Category.SUPPORT, object="request_id")
OfStaff = PersonalField(Category.STAFF, about="staff_id")


class RequestOpened(DomainEvent):
    """A learner asked for support."""

    learner_id: SubjectId
    request_id: Identifier
    message: Annotated[Personal[str], OfRequest]


class ReplyGiven(DomainEvent):
    """Support answered: what is said is the learner's, the name under it its author's."""

    learner_id: SubjectId
    request_id: Identifier
    staff_id: SubjectId
    message: Annotated[Personal[str], OfRequest]
    author: Annotated[Personal[str] | None, OfStaff] = None


class RequestResolved(DomainEvent):
    """The request found its final resolution."""

    learner_id: SubjectId
    request_id: Identifier


class RequestReopened(DomainEvent):
    """The resolution was not final after all."""

    learner_id: SubjectId
    request_id: Identifier


SupportEvent = RequestOpened | ReplyGiven | RequestResolved | RequestReopened
