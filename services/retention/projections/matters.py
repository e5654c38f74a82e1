"""The matters that holds belong to, for lists; file numbers stay in the streams."""

from collections.abc import Iterable

from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection
from shared.database import Document, IndexModel
from shared.events.retention import MatterClosed, MatterOpened


class Matters(Projection):
    """One document per matter."""

    name = "matters"
    topics = ("retention.events",)
    indexes = (IndexModel([("closed_at", 1), ("opened_at", -1)]),)

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Return the matter the event is about."""
        match envelope.data:
            case MatterOpened(matter_id=matter_id) | MatterClosed(matter_id=matter_id):
                return (matter_id,)
            case _:
                return ()

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        """Return the matter after the event."""
        match envelope.data:
            case MatterOpened() as event:
                return {
                    **event.model_dump(mode="json"),
                    "opened_at": envelope.time,
                    "closed_at": None,
                }
            case MatterClosed() if document is not None:
                return {**document, "closed_at": envelope.time}
            case _:
                return document
