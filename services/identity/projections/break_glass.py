"""Read model `break_glass`: who took access beyond the compartment, and what was found of it.

One document an access: `access_id`, `subject_id`, `taken_by`, `role`, `taken_at`, `until`,
`over_at`, `cause` and `ended_by` of one that ended early, `verdict`, `reviewed_by`, `reviewed_at`,
`incident_id`, `reminded_at`. The reason stays sealed in the stream.
"""

from collections.abc import Iterable

from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection
from shared.database import Document, IndexModel
from shared.events import identity

OF_AN_ACCESS = (
    identity.BreakGlassTaken,
    identity.BreakGlassEnded,
    identity.BreakGlassReviewed,
    identity.BreakGlassReviewDue,
)


class BreakGlassList(Projection):
    """The register of accesses beyond a compartment."""

    name = "break_glass"
    topics = ("identity.events",)
    indexes = (
        IndexModel([("taken_at", -1)]),
        IndexModel([("taken_by", 1), ("taken_at", -1)]),
        IndexModel([("verdict", 1), ("over_at", 1)]),
    )

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Concern the access."""
        event = envelope.data
        return (event.access_id,) if isinstance(event, OF_AN_ACCESS) else ()

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        """Return the access after the event."""
        match envelope.data:
            case identity.BreakGlassTaken() as event:
                return {
                    "access_id": event.access_id,
                    "subject_id": event.subject_id,
                    "taken_by": event.taken_by,
                    "role": event.role,
                    "taken_at": envelope.time,
                    "until": event.until,
                    "over_at": event.until,
                    **dict.fromkeys(("cause", "ended_by", "verdict", "reviewed_by", "reviewed_at")),
                    "incident_id": None,
                    "reminded_at": None,
                }
            case identity.BreakGlassEnded(cause=cause, ended_by=by) if document is not None:
                return {**document, "cause": cause, "ended_by": by, "over_at": envelope.time}
            case identity.BreakGlassReviewed() as event if document is not None:
                return {
                    **document,
                    "verdict": event.verdict,
                    "reviewed_by": event.reviewed_by,
                    "reviewed_at": envelope.time,
                    "incident_id": event.access_id if event.suspicion is not None else None,
                }
            case identity.BreakGlassReviewDue() if document is not None:
                return {**document, "reminded_at": envelope.time}
            case _:
                return document
