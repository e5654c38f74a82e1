"""Read model `break_glass`: who may read about a learner whom they do not teach, and until when.

One document a learner: `accesses`, by id, each with `taken_by` and `until`. Ids and instants alone.
"""

from collections.abc import Iterable

from services.learning.projections.scopes import covers
from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection
from shared.database import Document
from shared.events.identity import BreakGlassEnded, BreakGlassTaken
from shared.events.retention import ErasureOrdered
from shared.personal import Category


class BreakGlass(Projection):
    """Accesses beyond a trainer's groups."""

    name = "break_glass"
    topics = ("identity.events", "retention.events")

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Concern the learner; an erasure only when it takes the civil identity."""
        match envelope.data:
            case BreakGlassTaken(subject_id=learner) | BreakGlassEnded(subject_id=learner):
                return [learner]
            case ErasureOrdered() as order if covers(order, Category.CIVIL_IDENTITY):
                return [order.subject_id]
            case _:
                return []

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        """Return the learner's document after `envelope`; what is over is forgotten with it."""
        known = (document or {}).get("accesses", {})
        running = {name: one for name, one in known.items() if envelope.time < one["until"]}
        match envelope.data:
            case BreakGlassTaken() as event:
                taken = {"taken_by": event.taken_by, "until": event.until}
                return {"accesses": {**running, event.access_id: taken}}
            case BreakGlassEnded(access_id=access_id):
                return {"accesses": {k: v for k, v in running.items() if k != access_id}}
            case _:
                return None
