"""Folding a seat's history."""

from dataclasses import replace
from typing import assert_never

from services.learning.domain.seat.events import SeatEvent, SessionInvited, SessionUninvited
from services.learning.domain.seat.state import Seat


def evolve(state: Seat, event: SeatEvent) -> Seat:
    """Return `state` after `event`; never raises on recorded history."""
    match event:
        case SessionInvited():
            invited, given_up = True, False
        case SessionUninvited():
            invited, given_up = False, event.because == "given_up"
        case _:
            assert_never(event)
    return replace(
        state,
        learner_id=event.learner_id,
        session_id=event.session_id,
        module_id=event.module_id,
        invited=invited,
        given_up=given_up,
        sequence=event.sequence,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
    )
