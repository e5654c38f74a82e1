"""Folding a support request's history."""

from dataclasses import replace
from typing import assert_never

from services.identity.domain.support.events import (
    ReplyGiven,
    RequestOpened,
    RequestReopened,
    RequestResolved,
    SupportEvent,
)
from services.identity.domain.support.state import SupportRequest


def evolve(state: SupportRequest, event: SupportEvent) -> SupportRequest:
    """Return `state` after `event`; never raises on recorded history."""
    match event:
        case RequestOpened():
            return SupportRequest(event.learner_id, event.request_id)
        case ReplyGiven():
            return state
        case RequestResolved():
            return replace(state, resolved=True)
        case RequestReopened():
            return replace(state, resolved=False)
        case _:
            assert_never(event)
