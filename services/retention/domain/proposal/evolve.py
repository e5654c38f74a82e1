"""Folding a proposal's history."""

from dataclasses import replace
from typing import assert_never

from services.retention.domain.proposal.events import (
    ActWasProposed,
    ProposalEvent,
    ProposalWasSettled,
)
from services.retention.domain.proposal.state import ProposalState


def evolve(state: ProposalState, event: ProposalEvent) -> ProposalState:
    """Return `state` after `event`; never raises on recorded history."""
    match event:
        case ActWasProposed():
            return ProposalState(made=event)
        case ProposalWasSettled():
            return replace(state, settled=event)
        case _:
            assert_never(event)
