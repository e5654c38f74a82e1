"""Folding a break-glass access's history."""

from dataclasses import replace
from typing import assert_never

from services.identity.domain.break_glass.events import (
    AccessEnded,
    AccessReviewed,
    AccessTaken,
    BreakGlassEvent,
    ReviewReminded,
)
from services.identity.domain.break_glass.state import BreakGlass


def evolve(state: BreakGlass, event: BreakGlassEvent) -> BreakGlass:
    """Return `state` after `event`; never raises on recorded history."""
    match event:
        case AccessTaken():
            return BreakGlass(taken=event)
        case AccessEnded(ended_at=ended_at):
            return replace(state, ended_at=ended_at)
        case AccessReviewed():
            return replace(state, reviewed=event)
        case ReviewReminded(reminded_at=reminded_at):
            return replace(state, reminded_at=reminded_at)
        case _:
            assert_never(event)
