"""What happened with a prospect, as this service stores it."""

from typing import Annotated, Literal

from shared.events.base import DomainEvent, SubjectId
from shared.personal import Category, Personal, PersonalField

OfProspect = PersonalField(Category.PROSPECT, about="prospect_id")


class ContactMade(DomainEvent):
    """Somebody without an account wrote."""

    prospect_id: SubjectId
    name: Annotated[Personal[str], OfProspect]
    email: Annotated[Personal[str], OfProspect]
    message: Annotated[Personal[str], OfProspect]
    context: Annotated[Personal[str] | None, OfProspect] = None
    language: Literal["fr", "en"]


class InteractionRecorded(DomainEvent):
    """The prospect came back or was answered."""

    prospect_id: SubjectId


class Converted(DomainEvent):
    """The prospect became a learner."""

    prospect_id: SubjectId
    learner_id: SubjectId


ProspectEvent = ContactMade | InteractionRecorded | Converted
