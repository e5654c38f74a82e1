"""The register of anomalies, for security's list; what was seen stays sealed."""

from collections.abc import Iterable

from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection
from shared.database import Document, IndexModel
from shared.events import identity

FOUND = (identity.AnomalyDetected, identity.AttackDetected)
AFTERWARDS = (identity.AnomalyAnswered, identity.AnomalySettled)


class AnomalyList(Projection):
    """One document an anomaly."""

    name = "anomalies"
    topics = ("identity.events",)
    indexes = (IndexModel([("until", -1)]), IndexModel([("state", 1), ("until", -1)]))

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Return the anomaly the event is about."""
        event = envelope.data
        return (event.anomaly_id,) if isinstance(event, (*FOUND, *AFTERWARDS)) else ()

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        """Return the anomaly after the event."""
        match envelope.data:
            case identity.AnomalyDetected() as event:
                return {
                    "anomaly_id": event.anomaly_id,
                    "rule": event.rule,
                    "subject_id": event.subject_id,
                    "holder": event.holder,
                    **_when(event),
                    "asked": event.token is not None,
                }
            case identity.AttackDetected() as event:
                return {
                    "anomaly_id": event.anomaly_id,
                    "rule": event.rule,
                    "subject_id": None,
                    "holder": "nobody",
                    **_when(event),
                    "asked": False,
                }
            case identity.AnomalyAnswered(mine=mine) if document is not None:
                settled = mine and document["state"] == "open"
                return {**document, "mine": mine, "state": "own" if settled else document["state"]}
            case identity.AnomalySettled(reason=reason, incident_id=incident) if document:
                state = "false_alarm" if incident is None else "incident"
                return {**document, "state": state, "reason": reason, "incident_id": incident}
            case _:
                return document


def _when(event: identity.AnomalyDetected | identity.AttackDetected) -> Document:
    return {
        "since": event.since,
        "until": event.until,
        "counts": dict(event.counts),
        "state": "open",
        "mine": None,
        "reason": None,
        "incident_id": None,
    }
