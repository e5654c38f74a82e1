"""The legal holds, for lists; ground and reviewer's reference stay in the stream."""

from collections.abc import Iterable

from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection
from shared.database import Document, IndexModel
from shared.events.retention import HoldLifted, HoldPlaced


class Holds(Projection):
    """One document per hold."""

    name = "holds"
    topics = ("retention.events",)
    indexes = (IndexModel([("lifted_at", 1), ("expires_at", 1)]),)

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Return the hold the event is about."""
        match envelope.data:
            case HoldPlaced(hold_id=hold_id) | HoldLifted(hold_id=hold_id):
                return (hold_id,)
            case _:
                return ()

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        """Return the hold after the event."""
        match envelope.data:
            case HoldPlaced() as event:
                return {
                    "hold_id": event.hold_id,
                    "subject_id": event.subject_id,
                    "categories": [str(category) for category in event.categories],
                    "ground": event.ground,
                    "placed_at": envelope.time,
                    "expires_at": event.expires_at,
                    "lifted_at": None,
                }
            case HoldLifted():
                return None if document is None else {**document, "lifted_at": envelope.time}
            case _:
                return document
