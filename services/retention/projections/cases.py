"""The erasure cases, for lists: how far each has come, who has acknowledged."""

from collections.abc import Iterable
from typing import Any, Final

from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection
from shared.database import Document, IndexModel
from shared.events import retention
from shared.events.erasure import DataErased
from shared.topics import SERVICES, events_topic

ORDER: Final = ("acknowledged", "ordered", "disabled", "destroyed", "certified")
"""A later event never puts a case back, whichever topic is ahead."""


class Cases(Projection):
    """One document per case."""

    name = "cases"
    topics = tuple(events_topic(service) for service in SERVICES)
    indexes = (
        IndexModel([("ordered_at", -1)]),
        IndexModel([("subject", 1)]),
        IndexModel([("open", 1), ("destroy_at", 1)], partialFilterExpression={"open": True}),
    )

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Return the case the event belongs to."""
        match envelope.data:
            case (
                retention.ErasureOrdered(case_id=case_id)
                | retention.KeyDisabled(case_id=case_id)
                | retention.KeyDestroyed(case_id=case_id)
                | retention.ErasureCertified(case_id=case_id)
                | DataErased(case_id=case_id)
            ):
                return (case_id,)
            case _:
                return ()

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        """Return the case after the event."""
        known = document or {"state": ORDER[0], "acknowledged": [], "attempts": 0, "open": True}
        match envelope.data:
            case retention.ErasureOrdered() as event:
                return _moved(
                    known,
                    "ordered",
                    case_id=event.case_id,
                    subject=event.subject_id,
                    reason=event.reason,
                    mode=event.mode,
                    rule_ids=list(event.rule_ids),
                    scopes=[scope.model_dump(mode="json") for scope in event.scopes],
                    closes_account=event.closes_account,
                    ordered_at=known.get("ordered_at") or envelope.time,
                    attempts=known["attempts"] + 1,
                )
            case DataErased() as event:
                counts = {str(category): n for category, n in event.counts.items()}
                others = [one for one in known["acknowledged"] if one["service"] != event.service]
                told = {"service": event.service, "counts": counts, "at": envelope.time}
                return {**known, "acknowledged": [*others, told]}
            case retention.KeyDisabled() as event:
                return _moved(
                    known, "disabled", disabled_at=envelope.time, destroy_at=event.destroy_at
                )
            case retention.KeyDestroyed():
                return _moved(known, "destroyed", destroyed_at=envelope.time)
            case retention.ErasureCertified() as event:
                return _moved(
                    known,
                    "certified",
                    certificate_id=event.certificate_id,
                    certified_at=envelope.time,
                    open=False,
                )
            case _:
                return document


def _moved(known: dict[str, Any], state: str, **facts: Any) -> dict[str, Any]:
    later = max(known["state"], state, key=ORDER.index)
    return {**known, **facts, "state": later}
