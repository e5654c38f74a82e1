"""Folding the history of a trainer's assignments."""

from typing import assert_never

from services.learning.domain.teaching.events import (
    TeachingEvent,
    TrainerAssigned,
    TrainerWithdrawn,
)
from services.learning.domain.teaching.state import Group, Teaching


def evolve(state: Teaching, event: TeachingEvent) -> Teaching:
    """Return `state` after `event`; never raises on recorded history."""
    group = Group(event.module_id, event.cohort)
    others = tuple(one for one in state.groups if one != group)
    match event:
        case TrainerAssigned():
            return Teaching(event.staff_id, (*others, group))
        case TrainerWithdrawn():
            return Teaching(event.staff_id, others)
        case _:
            assert_never(event)
