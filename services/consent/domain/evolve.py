"""Folding a person's decisions."""

from dataclasses import replace
from typing import assert_never

from services.consent.domain.events import (
    ConsentDomainEvent,
    ConsentGiven,
    ConsentTakenBack,
    Objected,
    ObjectionTakenBack,
)
from services.consent.domain.state import Decisions


def evolve(state: Decisions, event: ConsentDomainEvent) -> Decisions:
    """Return `state` after `event`; never raises on recorded history."""
    match event:
        case ConsentGiven(purpose=purpose):
            return replace(state, granted=state.granted | {purpose})
        case ConsentTakenBack(purpose=purpose):
            return replace(state, granted=state.granted - {purpose})
        case Objected(purpose=objection):
            return replace(state, objected=state.objected | {objection})
        case ObjectionTakenBack(purpose=objection):
            return replace(state, objected=state.objected - {objection})
        case _:
            assert_never(event)
