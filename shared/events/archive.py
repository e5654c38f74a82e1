"""Who read what of the intermediate archive, and why; never what it said."""

from typing import Literal

from shared.events.base import ANY_SERVICE, Identifier, PublicEvent, SubjectId
from shared.personal import Category

AccessReason = Literal[
    "rights_request", "complaint", "litigation", "requisition", "audit", "security_incident"
]
"""Why compliance reads archived data: a code, since it is shown to the person it is about."""


class ArchivedDataRead(PublicEvent):
    """Somebody of compliance was answered with archived data of a person (C2.5, C2.6).

    Every service publishes it on its own topic, before it answers.
    """

    SERVICE = ANY_SERVICE

    subject_id: SubjectId
    service: Identifier
    reader: Identifier
    role: Identifier
    categories: tuple[Category, ...]
    reason: AccessReason
    reference: Identifier
    """File number of the request or the proceedings, never a name."""
