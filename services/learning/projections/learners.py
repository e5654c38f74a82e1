"""Read model `learners`: who may enrol, and the names that trainers see. Names stay sealed.

One document a learner: `first_name`, `last_name` (sealed), `language`, `minor`, `confirmed`,
`guardian_agreed`, `blocked`, `closed`, `archived`, `registered_at`.
"""

from collections.abc import Iterable

from services.learning.projections.scopes import covers
from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection, sealed_json
from shared.database import Document, IndexModel
from shared.events.identity import (
    AccountBlocked,
    AccountClosed,
    EmailConfirmed,
    GuardianAgreementGranted,
    LearnerRectified,
    LearnerRegistered,
)
from shared.events.retention import ArchiveEntered, ArchiveLeft, ErasureOrdered
from shared.personal import Category


class Learners(Projection):
    """Accounts as the learning service needs them."""

    name = "learners"
    topics = ("identity.events", "retention.events")
    indexes = (IndexModel([("registered_at", 1)]),)

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Concern the learner; an erasure only when it takes the civil identity."""
        match envelope.data:
            case (
                LearnerRegistered(learner_id=learner_id)
                | LearnerRectified(learner_id=learner_id)
                | EmailConfirmed(learner_id=learner_id)
                | GuardianAgreementGranted(learner_id=learner_id)
                | AccountBlocked(learner_id=learner_id)
                | AccountClosed(learner_id=learner_id)
            ):
                return [learner_id]
            case ArchiveEntered(subject_id=subject_id) | ArchiveLeft(subject_id=subject_id):
                return [subject_id]
            case ErasureOrdered() as order:
                return [order.subject_id] if covers(order, Category.CIVIL_IDENTITY) else []
            case _:
                return []

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
            case EmailConfirmed():
                return {**(document or {}), "confirmed": True}
            case GuardianAgreementGranted():
                return {**(document or {}), "guardian_agreed": True, "blocked": False}
            case AccountBlocked():
                return {**(document or {}), "blocked": True}
            case AccountClosed():
                return {**(document or {}), "closed": True}
            case ArchiveEntered():
                return {**(document or {}), "archived": True}
            case ArchiveLeft():
                return {**(document or {}), "archived": False}
            case ErasureOrdered():
                return None
            case _:
                return document
