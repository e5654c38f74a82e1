"""Folding a hold's history."""

from dataclasses import replace
from typing import assert_never

from services.retention.domain.hold.events import HoldEvent, HoldWasLifted, HoldWasPlaced
from services.retention.domain.hold.state import HoldState


def evolve(state: HoldState, event: HoldEvent) -> HoldState:
    """Return `state` after `event`; never raises on recorded history."""
    match event:
        case HoldWasPlaced():
            return HoldState(event.hold_id, event.subject_id, event.categories, event.expires_at)
        case HoldWasLifted():
            return replace(state, over=True)
        case _:
            assert_never(event)
