"""What an anomaly's history amounts to."""

from dataclasses import dataclass

from services.identity.domain.anomaly.events import AnomalyNoticed, AttackNoticed
from shared.events.identity import FalseAlarm


@dataclass(frozen=True, slots=True)
class Anomaly:
    """One anomaly; the default is one that does not exist."""

    found: AnomalyNoticed | AttackNoticed | None = None
    mine: bool | None = None
    """What the person answered."""
    dismissed: FalseAlarm | None = None
    incident_id: str | None = None


NO_ANOMALY = Anomaly()
