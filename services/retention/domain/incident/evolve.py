"""Folding an incident's history."""

from dataclasses import replace
from typing import assert_never

from services.retention.domain.incident.events import (
    AuthorityWasNotified,
    DeadlineWasReminded,
    DisclosureWasFinished,
    DisclosureWasOrdered,
    DraftWasConfirmed,
    DraftWasDismissed,
    ExtentWasComputed,
    IncidentEvent,
    IncidentWasClosed,
    IncidentWasOpened,
    MeasuresWereTaken,
    RiskWasAssessed,
)
from services.retention.domain.incident.state import IncidentState


def evolve(state: IncidentState, event: IncidentEvent) -> IncidentState:
    """Return `state` after `event`; never raises on recorded history."""
    match event:
        case IncidentWasOpened():
            return IncidentState(opened=event)
        case DraftWasConfirmed():
            return replace(state, judged=True)
        case DraftWasDismissed(dismissed_at=dismissed_at):
            return replace(state, judged=True, dismissed=True, closed_at=dismissed_at)
        case ExtentWasComputed():
            return replace(state, extent=event)
        case RiskWasAssessed():
            return replace(state, risk=event)
        case MeasuresWereTaken(measures=measures):
            return replace(state, measures=tuple(dict.fromkeys((*state.measures, *measures))))
        case AuthorityWasNotified():
            return replace(state, notified=(*state.notified, event))
        case DisclosureWasOrdered():
            return replace(state, ordered=event)
        case DisclosureWasFinished(told=told):
            return replace(state, told=told)
        case DeadlineWasReminded(hours_left=hours):
            return replace(state, reminded=state.reminded | {hours})
        case IncidentWasClosed(lessons=lessons, closed_at=closed_at):
            return replace(state, lessons=lessons, closed_at=closed_at)
        case _:
            assert_never(event)
