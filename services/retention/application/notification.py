"""What is told to the authority of an incident: the fields of GDPR art. 33(3), as codes."""

from datetime import datetime
from typing import Any

from services.retention.domain.errors import IncidentNotFoundError
from services.retention.domain.incident.state import IncidentState


def notification_of(state: IncidentState, now: datetime) -> dict[str, Any]:
    """Return the notification as it stands at `now`; what is not known yet is `None`.

    Raises:
        IncidentNotFoundError: there is no such incident.
    """
    if state.opened is None:
        raise IncidentNotFoundError
    opened, extent, risk = state.opened, state.extent, state.risk
    return {
        "incident_id": opened.incident_id,
        "exercise": opened.exercise,
        "prepared_at": now,
        "aware_at": opened.aware_at,
        "notify_by": opened.notify_by,
        "notification_owed": state.owes_notification,
        "overdue": state.owes_notification and now > opened.notify_by,
        "began_at": opened.began_at,
        "anomaly_id": opened.anomaly_id,
        "draft": state.is_draft,
        "natures": opened.natures,
        "cause": opened.cause,
        "persons": None if extent is None else extent.persons,
        "by_category": {} if extent is None else dict(extent.by_category),
        "question": None if extent is None else extent.question.model_dump(mode="json"),
        "first_at": None if extent is None else extent.first_at,
        "risk": None if risk is None else risk.risk,
        "consequences": () if risk is None else risk.consequences,
        "measures": state.measures,
        "persons_told": state.told,
        "notifications": [
            {
                "at": one.notified_at,
                "reference": one.reference,
                "complete": one.complete,
                "late_because": one.late_because,
            }
            for one in state.notified
        ],
    }
