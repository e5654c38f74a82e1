"""The technical trace of one sign-in, as this service stores it."""

from typing import Annotated

from shared.events.base import DomainEvent, Identifier, SubjectId
from shared.personal import Category, Personal, PersonalField

OfMonth = PersonalField(Category.TECHNICAL_TRACES, object="month")


class TraceTaken(DomainEvent):
    """Where a sign-in came from; read by security alone."""

    learner_id: SubjectId
    month: Identifier
    """Calendar month in Europe/Paris, `YYYY-MM`: the object of the key."""
    ip_address: Annotated[Personal[str], OfMonth]
    browser: Annotated[Personal[str], OfMonth]
    screen: Annotated[Personal[str] | None, OfMonth] = None
