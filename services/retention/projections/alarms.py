"""The alarms: a case's are over once it is certified, a hold's once it is reviewed or ends.

That of an anchor is over once the anchor is there; what is about no person, when it is put right.
"""

from collections.abc import Iterable

from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection
from shared.database import Document, IndexModel
from shared.events.retention import (
    ErasureCertified,
    HoldLifted,
    HoldRevised,
    RetentionAlarmRaised,
    RetentionAlarmSettled,
    SystemAlarmRaised,
    SystemAlarmSettled,
)


class Alarms(Projection):
    """One document per case, per hold, per person and rule, or per matter of the system."""

    name = "alarms"
    topics = ("retention.events",)
    indexes = (IndexModel([("open", 1), ("raised_at", -1)]),)

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Return the matter the event is about."""
        match envelope.data:
            case RetentionAlarmRaised() as event:
                about = event.case_id or event.hold_id
                return (about or f"{event.subject_id}|{event.rule_id}",)
            case RetentionAlarmSettled() as event:
                return (f"{event.subject_id}|{event.rule_id}",)
            case SystemAlarmRaised(kind=kind) | SystemAlarmSettled(kind=kind):
                return (kind,)
            case ErasureCertified(case_id=case_id):
                return (case_id,)
            case HoldRevised(hold_id=hold_id) | HoldLifted(hold_id=hold_id):
                return (hold_id,)
            case _:
                return ()

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        """Return the alarm after the event."""
        match envelope.data:
            case RetentionAlarmRaised() | SystemAlarmRaised() as event:
                return {
                    **event.model_dump(mode="json"),
                    "raised_at": envelope.time,
                    "open": True,
                }
            case (
                ErasureCertified()
                | HoldRevised()
                | HoldLifted()
                | RetentionAlarmSettled()
                | SystemAlarmSettled()
            ) if document is not None:
                return {**document, "open": False}
            case _:
                return document
