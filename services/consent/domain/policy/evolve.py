"""Folding the history of the policy."""

from services.consent.domain.policy.events import PolicyPublished
from services.consent.domain.policy.state import PolicyState


def evolve(state: PolicyState, event: PolicyPublished) -> PolicyState:
    """Return `state` after `event`."""
    return PolicyState((*state.published, event))
