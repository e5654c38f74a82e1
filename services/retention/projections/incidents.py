"""The register of incidents, for its list and for what is still owed."""

from collections.abc import Iterable

from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection
from shared.database import Document, IndexModel
from shared.events import retention

OF_INCIDENTS = (
    retention.IncidentOpened,
    retention.IncidentConfirmed,
    retention.IncidentDismissed,
    retention.IncidentExtentComputed,
    retention.IncidentRiskAssessed,
    retention.AuthorityNotified,
    retention.IncidentDisclosureOrdered,
    retention.IncidentDisclosureFinished,
    retention.IncidentClosed,
)


class Incidents(Projection):
    """One document per incident."""

    name = "incidents"
    topics = ("retention.events",)
    indexes = (IndexModel([("closed_at", 1), ("aware_at", -1)]),)

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Return the incident the event is about."""
        event = envelope.data
        return (event.incident_id,) if isinstance(event, OF_INCIDENTS) else ()

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        """Return the incident after the event."""
        if isinstance(envelope.data, retention.IncidentOpened):
            return {
                **envelope.data.model_dump(),
                "persons": None,
                "risk": None,
                "notified_at": None,
                "disclosure": "none",
                "closed_at": None,
            }
        return None if document is None else {**document, **_change(envelope)}


def _change(envelope: Envelope) -> Document:
    match envelope.data:
        case retention.IncidentConfirmed():
            return {"draft": False}
        case retention.IncidentDismissed():
            return {"draft": False, "dismissed": True, "closed_at": envelope.time}
        case retention.IncidentExtentComputed(persons=persons):
            return {"persons": persons}
        case retention.IncidentRiskAssessed(risk=risk):
            return {"risk": risk}
        case retention.AuthorityNotified():
            return {"notified_at": envelope.time}
        case retention.IncidentDisclosureOrdered():
            return {"disclosure": "ordered"}
        case retention.IncidentDisclosureFinished(told=told):
            return {"disclosure": "finished", "told": told}
        case _:
            return {"closed_at": envelope.time}
