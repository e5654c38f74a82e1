"""Folding a module's statistics."""

from typing import assert_never

from services.learning.domain.statistics.events import (
    StatisticsContributed,
    StatisticsEvent,
    StatisticsReleased,
)
from services.learning.domain.statistics.state import StatisticsState


def evolve(state: StatisticsState, event: StatisticsEvent) -> StatisticsState:
    """Return `state` after `event`; never raises on recorded history."""
    match event:
        case StatisticsContributed() | StatisticsReleased():
            return state
        case _:
            assert_never(event)
