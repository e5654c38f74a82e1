"""Who of staff looked at what; never what it said."""

from datetime import datetime

from shared.events.archive import AccessReason
from shared.events.base import ANY_SERVICE, Identifier, PublicEvent, SubjectId
from shared.personal import Category


class PersonalDataRead(PublicEvent):
    """A member of staff was answered with values of a person (C4.2, C7.4).

    Every service publishes it on its own topic, before it answers. Readings of archived data are
    `ArchivedDataRead`, which always has a reason.
    """

    SERVICE = ANY_SERVICE

    subject_id: SubjectId
    service: Identifier
    reader: Identifier
    role: Identifier
    categories: tuple[Category, ...]
    """Of the values that were opened for the answer."""
    reason: AccessReason | None = None
    """Where one was stated."""
    reference: Identifier = "none"
    """File number of the request or the proceedings, never a name."""
    break_glass: Identifier | None = None
    """The break-glass access under which it was read, where it was."""


class AnswersCounted(PublicEvent):
    """Somebody signed in got very many answers with personal values in a short time (C1.5, C7.4).

    Every service publishes it on its own topic, of who got many alone; whose values, and which,
    it does not tell.
    """

    SERVICE = ANY_SERVICE

    subject_id: SubjectId
    """Who was answered, of staff too."""
    service: Identifier
    role: Identifier
    answers: int
    since: datetime
    until: datetime
