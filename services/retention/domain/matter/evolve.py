"""Folding a matter's history."""

from dataclasses import replace
from typing import assert_never

from services.retention.domain.matter.events import MatterEvent, MatterWasClosed, MatterWasOpened
from services.retention.domain.matter.state import MatterState


def evolve(state: MatterState, event: MatterEvent) -> MatterState:
    """Return `state` after `event`; never raises on recorded history."""
    match event:
        case MatterWasOpened():
            return MatterState(opened=event)
        case MatterWasClosed(closed_by=closed_by):
            return replace(state, closed=True, closed_by=closed_by)
        case _:
            assert_never(event)
