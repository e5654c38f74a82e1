"""The legal holds, for lists; file numbers stay in the streams."""

from collections.abc import Iterable, Sequence

from services.retention.domain.hold.scopes import whole
from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection
from shared.database import Document, IndexModel
from shared.events.retention import (
    HeldScope,
    HoldDisclosed,
    HoldLifted,
    HoldPlaced,
    HoldRevised,
)


class Holds(Projection):
    """One document per hold."""

    name = "holds"
    version = 2
    topics = ("retention.events",)
    indexes = (
        IndexModel([("lifted_at", 1), ("expires_at", 1)]),
        IndexModel([("lifted_at", 1), ("review_at", 1)]),
        IndexModel([("subject_id", 1)]),
        IndexModel([("matter_id", 1)]),
        IndexModel([("told", 1), ("disclosed_from", 1)]),
    )

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Return the hold the event is about."""
        match envelope.data:
            case (
                HoldPlaced(hold_id=hold_id)
                | HoldRevised(hold_id=hold_id)
                | HoldDisclosed(hold_id=hold_id)
                | HoldLifted(hold_id=hold_id)
            ):
                return (hold_id,)
            case _:
                return ()

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        """Return the hold after the event."""
        match envelope.data:
            case HoldPlaced() as event:
                return {
                    "hold_id": event.hold_id,
                    "matter_id": event.matter_id,
                    "subject_id": event.subject_id,
                    **_kept(event.scopes or whole(event.categories)),
                    "ground": event.ground,
                    "authority": event.authority,
                    "reviewer": event.reviewer,
                    "review_at": event.review_at,
                    "placed_at": envelope.time,
                    "expires_at": event.expires_at,
                    "disclosed_from": event.disclosed_from,
                    "told": False,
                    "lifted_at": None,
                }
            case HoldRevised() as event if document is not None:
                return {
                    **document,
                    **_kept(event.scopes),
                    "review_at": event.review_at,
                    "expires_at": event.expires_at,
                    "disclosed_from": event.disclosed_from,
                }
            case HoldDisclosed() if document is not None:
                return {**document, "told": True}
            case HoldLifted() if document is not None:
                return {**document, "lifted_at": envelope.time}
            case _:
                return document


def _kept(scopes: Sequence[HeldScope]) -> Document:
    return {
        "scopes": [scope.model_dump(mode="json") for scope in scopes],
        "categories": sorted({str(scope.category) for scope in scopes}),
    }
