"""Read model `objections`: who objects to suggestions (C8.3). One document a learner."""

from collections.abc import Iterable

from services.learning.projections.scopes import covers
from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection
from shared.database import Document
from shared.events.consent import ObjectionLifted, ObjectionRaised
from shared.events.retention import ErasureOrdered
from shared.personal import Category


class Objections(Projection):
    """Objections, asked at the point of use."""

    name = "objections"
    topics = ("consent.events", "retention.events")

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Concern the learner; the erasure of the account takes the document along."""
        match envelope.data:
            case ObjectionRaised(learner_id=learner_id) | ObjectionLifted(learner_id=learner_id):
                return [learner_id]
            case ErasureOrdered() as order:
                return [order.subject_id] if covers(order, Category.CIVIL_IDENTITY) else []
            case _:
                return []

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        """Return the learner's document after `envelope`."""
        match envelope.data:
            case ObjectionRaised(purpose=purpose):
                return {**(document or {}), purpose: True}
            case ObjectionLifted(purpose=purpose):
                return {**(document or {}), purpose: False}
            case ErasureOrdered():
                return None
            case _:
                return document
