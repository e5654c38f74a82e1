"""Folding an anomaly's history."""

from dataclasses import replace
from typing import assert_never

from services.identity.domain.anomaly.events import (
    AnomalyDismissed,
    AnomalyEvent,
    AnomalyNoticed,
    AttackNoticed,
    IncidentWasLinked,
    SignInAnswered,
)
from services.identity.domain.anomaly.state import Anomaly


def evolve(state: Anomaly, event: AnomalyEvent) -> Anomaly:
    """Return `state` after `event`; never raises on recorded history."""
    match event:
        case AnomalyNoticed() | AttackNoticed():
            return Anomaly(found=event)
        case SignInAnswered(mine=mine):
            return replace(state, mine=mine)
        case AnomalyDismissed(reason=reason):
            return replace(state, dismissed=reason)
        case IncidentWasLinked(incident_id=incident_id):
            return replace(state, incident_id=incident_id)
        case _:
            assert_never(event)
