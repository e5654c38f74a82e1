"""What happened with a prospect, as this service stores it."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from shared.events.base import DomainEvent, Identifier, SubjectId, Upcaster
from shared.events.support import unchanged
from shared.personal import Category, Personal, PersonalField

OfProspect = PersonalField(Category.PROSPECT, about="prospect_id")


class ContactMade(DomainEvent):
    """Somebody without an account got in touch; what they say is a support request."""

    VERSION: ClassVar[int] = 2
    UPCASTERS: ClassVar[Mapping[int, Upcaster]] = {1: unchanged}

    prospect_id: SubjectId
    name: Annotated[Personal[str], OfProspect]
    email: Annotated[Personal[str] | None, OfProspect]
    message: Annotated[Personal[str] | None, OfProspect] = None
    """Of contacts before people without an account had support requests."""
    context: Annotated[Personal[str] | None, OfProspect] = None
    language: Literal["fr", "en"]
    thread: Identifier | None = None
    """Signed token by which an answer to the acknowledgement finds the request."""


class InteractionRecorded(DomainEvent):
    """There was an exchange, before what is said was a support request."""

    prospect_id: SubjectId


class Converted(DomainEvent):
    """The prospect became a learner."""

    prospect_id: SubjectId
    learner_id: SubjectId


ProspectEvent = ContactMade | InteractionRecorded | Converted
