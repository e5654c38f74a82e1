"""Read model `staff`: who has which role, and which groups a trainer teaches. No name.

One document a member of staff: `role`, `departed`, `awaits_confirmation`, and `teaches`, the groups
with who assigned them and when.
"""

from collections.abc import Iterable

from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection
from shared.database import Document
from shared.events.identity import StaffAppointed, StaffConfirmed, StaffDeparted
from shared.events.learning import TrainerAssigned, TrainerWithdrawn
from shared.events.retention import ErasureOrdered
from shared.personal import Category


class Staff(Projection):
    """Colleagues as the one who assigns them needs them."""

    name = "staff"
    topics = ("identity.events", "learning.events", "retention.events")

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Concern the member of staff."""
        match envelope.data:
            case (
                StaffAppointed()
                | StaffConfirmed()
                | StaffDeparted()
                | TrainerAssigned()
                | TrainerWithdrawn()
            ):
                return [envelope.data.staff_id]
            case ErasureOrdered(scopes=scopes) as order:
                gone = any(one.category is Category.STAFF for one in scopes)
                return [order.subject_id] if gone else []
            case _:
                return []

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        """Return the member's document after `envelope`."""
        known = document or {}
        match envelope.data:
            case StaffAppointed() as event:
                role = {"role": event.role, "awaits_confirmation": event.awaits_confirmation}
                return {"departed": False, "teaches": [], **known, **role}
            case StaffConfirmed():
                return {**known, "awaits_confirmation": False}
            case StaffDeparted():
                return {**known, "departed": True}
            case TrainerAssigned() as event:
                group = {
                    "module_id": event.module_id,
                    "cohort": event.cohort,
                    "assigned_by": event.assigned_by,
                    "assigned_at": envelope.time,
                }
                return {**known, "teaches": [*_without(known, event), group]}
            case TrainerWithdrawn() as event:
                return {**known, "teaches": _without(known, event)}
            case ErasureOrdered():
                return None
            case _:
                return document


def _without(document: Document, event: TrainerAssigned | TrainerWithdrawn) -> list[Document]:
    meant = (event.module_id, event.cohort)
    return [
        one for one in document.get("teaches", []) if (one["module_id"], one["cohort"]) != meant
    ]
