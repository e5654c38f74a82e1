"""Folding a hold's history."""

from dataclasses import replace
from typing import assert_never

from services.retention.domain.hold.events import (
    HoldEvent,
    HoldWasDisclosed,
    HoldWasExtended,
    HoldWasLifted,
    HoldWasPlaced,
    HoldWasReviewed,
    ReviewWasReminded,
    ReviewWentOverdue,
)
from services.retention.domain.hold.scopes import whole
from services.retention.domain.hold.state import HoldState


def evolve(state: HoldState, event: HoldEvent) -> HoldState:
    """Return `state` after `event`; never raises on recorded history."""
    match event:
        case HoldWasPlaced():
            return HoldState(
                hold_id=event.hold_id,
                subject_id=event.subject_id,
                scopes=event.scopes or whole(event.categories),
                ground=event.ground,
                authority=event.authority,
                reviewer=event.reviewer,
                placed_at=event.placed_at,
                expires_at=event.expires_at,
                review_every=event.review_every,
                review_at=event.review_at,
                disclosed_from=event.disclosed_from,
            )
        case HoldWasExtended() | HoldWasReviewed():
            return replace(
                state,
                scopes=event.scopes,
                expires_at=event.expires_at,
                review_at=event.review_at,
                disclosed_from=event.disclosed_from,
            )
        case ReviewWasReminded(review_at=review_at):
            return replace(state, reminded_of=review_at)
        case ReviewWentOverdue(review_at=review_at):
            return replace(state, overdue_since=review_at)
        case HoldWasDisclosed():
            return replace(state, told=True)
        case HoldWasLifted(lifted_at=lifted_at):
            return replace(state, ended_at=lifted_at)
        case _:
            assert_never(event)
