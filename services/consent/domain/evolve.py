"""Folding a person's decisions."""

from dataclasses import replace
from typing import assert_never

from services.consent.domain.events import (
    ConsentEvent,
    ConsentGranted,
    ConsentsClosed,
    ConsentWithdrawn,
    ObjectionLifted,
    ObjectionRaised,
)
from services.consent.domain.state import ConsentState, Decision


def evolve(state: ConsentState, event: ConsentEvent) -> ConsentState:
    """Return `state` after `event`; never raises on recorded history."""
    match event:
        case ConsentGranted() | ConsentWithdrawn():
            decision = Decision(
                holds=isinstance(event, ConsentGranted),
                shown=event.shown,
                channel=event.channel,
                since=event.decided_at,
            )
            return replace(state, consents={**state.consents, event.purpose: decision})
        case ObjectionRaised() | ObjectionLifted():
            decision = Decision(
                holds=isinstance(event, ObjectionRaised),
                shown=event.shown,
                channel=event.channel,
                since=event.decided_at,
            )
            return replace(state, objections={**state.objections, event.purpose: decision})
        case ConsentsClosed():
            return replace(state, closed=True)
        case _:
            assert_never(event)
