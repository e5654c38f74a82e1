"""Read model `disputes`: what awaits a decision, for the queues of those who decide. No value.

One document an enrolment or invoice: `learner_id`, `category` and `open`, a list of disputes with
`dispute_id`, `field`, `restricted`, `disputed_at` and `due_at`; none where nothing is open.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from services.learning.projections.scopes import objects_of
from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection
from shared.database import Document, IndexModel
from shared.events.learning import DatumDisputed, DisputeSettled
from shared.events.retention import ErasureOrdered
from shared.personal import Category

DECIDED_WITHIN: Final = timedelta(hours=48)
"""C8.2, as for every rectification."""


class Disputes(Projection):
    """Open disputes by what they are about."""

    name = "disputes"
    topics = ("learning.events", "retention.events")
    indexes = (IndexModel([("field", 1), ("due_at", 1)]),)

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Concern the enrolment or invoice, or those that an order takes."""
        match envelope.data:
            case DatumDisputed(object=thing) | DisputeSettled(object=thing):
                return [thing]
            case ErasureOrdered() as order:
                kinds = (Category.LEARNING_HISTORY, Category.PAYMENT)
                return [thing for kind in kinds for thing in objects_of(order, kind)]
            case _:
                return []

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        """Return what is open about the enrolment or invoice after `envelope`."""
        match envelope.data:
            case DatumDisputed() as event:
                one: Document = {
                    "dispute_id": event.dispute_id,
                    "field": event.field,
                    "restricted": event.restricted,
                    "disputed_at": envelope.time,
                    "due_at": envelope.time + DECIDED_WITHIN,
                }
                known = [] if document is None else document["open"]
                return _open(event.learner_id, [*known, one])
            case DisputeSettled() as event if document is not None:
                left = [one for one in document["open"] if one["dispute_id"] != event.dispute_id]
                return _open(event.learner_id, left)
            case ErasureOrdered():
                return None
            case _:
                return document


def _open(learner_id: str, disputes: list[Document]) -> Document | None:
    """Return a document that can be asked for by its fields and its earliest term."""
    if not disputes:
        return None
    return {
        "learner_id": learner_id,
        "open": disputes,
        "field": sorted({one["field"] for one in disputes}),
        "due_at": min(one["due_at"] for one in disputes),
    }
