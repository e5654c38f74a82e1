"""Read model `learners`: who may enrol, and the names that trainers see. Names stay sealed.

One document a learner: `first_name`, `last_name` (sealed), `language`, `minor`, `confirmed`,
`guardian_agreed`, `blocked`, `closed`, `archived`, `registered_at`.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from services.learning.projections.scopes import covers
from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection, sealed_json
from shared.database import Document, IndexModel
from shared.events.base import PublicEvent
from shared.events.identity import (
    AccountBlocked,
    AccountClosed,
    EmailConfirmed,
    GuardianAgreementGranted,
    LearnerRectified,
    LearnerRegistered,
    MinorityEnded,
    MinorityEstablished,
)
from shared.events.retention import ArchiveEntered, ArchiveLeft, ErasureOrdered
from shared.personal import Category

STANDING: Final[Mapping[type[PublicEvent], Document]] = {
    EmailConfirmed: {"confirmed": True},
    GuardianAgreementGranted: {"guardian_agreed": True, "blocked": False},
    AccountBlocked: {"guardian_agreed": False, "blocked": True},
    MinorityEstablished: {"minor": True},
    MinorityEnded: {"minor": False, "blocked": False},
    AccountClosed: {"closed": True},
    ArchiveEntered: {"archived": True},
    ArchiveLeft: {"archived": False},
}
"""What each event about the account's standing sets in the learner's document."""


class Learners(Projection):
    """Accounts as the learning service needs them."""

    name = "learners"
    version = 2
    topics = ("identity.events", "retention.events")
    indexes = (IndexModel([("registered_at", 1)]),)

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Concern the learner; an erasure only when it takes the civil identity."""
        match envelope.data:
            case ErasureOrdered() as order:
                return [order.subject_id] if covers(order, Category.CIVIL_IDENTITY) else []
            case LearnerRegistered() | LearnerRectified():
                return [envelope.subject]
            case event:
                return [envelope.subject] if type(event) in STANDING else []

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        """Return the learner's document after `envelope`."""
        match envelope.data:
            case LearnerRegistered() as event:
                registered: Document = {
                    "first_name": sealed_json(event.first_name),
                    "last_name": sealed_json(event.last_name),
                    "language": event.language,
                    "minor": event.minor,
                    "registered_at": envelope.time,
                }
                # Retention's topic may have been quicker than identity's.
                return {**registered, **(document or {})}
            case LearnerRectified() as event:
                corrected: Document = {
                    "first_name": sealed_json(event.first_name),
                    "last_name": sealed_json(event.last_name),
                    "language": event.language,
                }
                given = {name: value for name, value in corrected.items() if value is not None}
                return {**(document or {}), **given}
            case ErasureOrdered():
                return None
            case event:
                return {**(document or {}), **STANDING[type(event)]}
