"""The technical trace of one sign-in, as this service stores it."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from shared.events.base import DomainEvent, Identifier, SubjectId, Upcaster
from shared.events.support import about_anybody
from shared.personal import Category, Personal, PersonalField

OfMonth = PersonalField(Category.TECHNICAL_TRACES, about="subject_id", object="month")


class TraceTaken(DomainEvent):
    """Where a sign-in of a learner or of staff came from; read by security alone."""

    VERSION: ClassVar[int] = 2
    UPCASTERS: ClassVar[Mapping[int, Upcaster]] = {1: about_anybody}

    subject_id: SubjectId
    month: Identifier
    """Calendar month in Europe/Paris, `YYYY-MM`: the object of the key."""
    ip_address: Annotated[Personal[str], OfMonth]
    browser: Annotated[Personal[str], OfMonth]
    screen: Annotated[Personal[str] | None, OfMonth] = None
    known_device: bool | None = None
    """Whether the browser proved an earlier sign-in to this account; not recorded before."""
