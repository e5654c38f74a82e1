"""Folding a person's decisions."""

from dataclasses import replace
from typing import assert_never

from services.consent.domain.events import (
    ConsentEvent,
    ConsentGranted,
    ConsentsClosed,
    ConsentWithdrawn,
    DecisionEvent,
    ObjectionLifted,
    ObjectionRaised,
    PolicyAnswered,
    RestrictionLifted,
    RestrictionPlaced,
)
from services.consent.domain.state import AnswerGiven, ConsentState, Decision


def evolve(state: ConsentState, event: ConsentEvent) -> ConsentState:
    """Return `state` after `event`; never raises on recorded history."""
    match event:
        case ConsentGranted(purpose=purpose) | ConsentWithdrawn(purpose=purpose):
            return replace(state, consents={**state.consents, purpose: _decision(event)})
        case ObjectionRaised(purpose=objected) | ObjectionLifted(purpose=objected):
            return replace(state, objections={**state.objections, objected: _decision(event)})
        case RestrictionPlaced(category=category) | RestrictionLifted(category=category):
            return replace(state, restrictions={**state.restrictions, category: _decision(event)})
        case PolicyAnswered(version=version, decision=answer, answered_at=at):
            answers = {**state.policy_answers, version: AnswerGiven(answer, at)}
            return replace(state, policy_answers=answers)
        case ConsentsClosed():
            return replace(state, closed=True)
        case _:
            assert_never(event)


def _decision(event: DecisionEvent) -> Decision:
    return Decision(
        holds=isinstance(event, ConsentGranted | ObjectionRaised | RestrictionPlaced),
        shown=event.shown,
        channel=event.channel,
        since=event.decided_at,
    )
