"""The rules of a hold."""

from collections.abc import Sequence
from typing import assert_never

from services.retention.domain.errors import HoldExpiryError, HoldNotFoundError, HoldOverError
from services.retention.domain.hold.commands import ExpireHold, HoldCommand, LiftHold, PlaceHold
from services.retention.domain.hold.events import HoldEvent, HoldWasLifted, HoldWasPlaced
from services.retention.domain.hold.state import HoldState


def decide(command: HoldCommand, state: HoldState) -> Sequence[HoldEvent]:
    """Return what `command` leads to.

    Raises:
        HoldExpiryError: the hold would not end, or has ended before it starts.
        HoldNotFoundError: there is no such hold.
        HoldOverError: it has ended already.
    """
    match command:
        case PlaceHold():
            if state.hold_id is not None:
                return []
            if command.expires_at <= command.at or not command.categories:
                raise HoldExpiryError
            return [
                HoldWasPlaced(
                    hold_id=command.hold_id,
                    subject_id=command.subject_id,
                    categories=tuple(sorted(set(command.categories))),
                    ground=command.ground,
                    reference=command.reference,
                    reviewer=command.reviewer,
                    expires_at=command.expires_at,
                    placed_at=command.at,
                )
            ]
        case LiftHold():
            if state.hold_id is None or state.subject_id is None:
                raise HoldNotFoundError
            if state.over:
                raise HoldOverError
            return [
                HoldWasLifted(
                    hold_id=state.hold_id,
                    subject_id=state.subject_id,
                    cause="lifted",
                    reviewer=command.reviewer,
                    lifted_at=command.at,
                )
            ]
        case ExpireHold():
            if state.hold_id is None or state.subject_id is None or state.expires_at is None:
                raise HoldNotFoundError
            if state.over or command.at < state.expires_at:
                return []
            return [
                HoldWasLifted(
                    hold_id=state.hold_id,
                    subject_id=state.subject_id,
                    cause="expired",
                    lifted_at=command.at,
                )
            ]
        case _:
            assert_never(command)
