"""The rules of a seat: told once of every change, in order, and never of what is over."""

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

from services.learning.domain.errors import LiveSessionOverError, SeatNotFoundError
from services.learning.domain.seat.commands import (
    FollowSession,
    GiveUpSeat,
    SeatCommand,
    TakeSeat,
)
from services.learning.domain.seat.events import SeatEvent, SessionInvited, SessionUninvited
from services.learning.domain.seat.state import Seat
from shared.events.base import SubjectId
from shared.events.learning import UninvitedBecause


def decide(command: SeatCommand, state: Seat) -> Sequence[SeatEvent]:
    """Return what `command` leads to; nothing where the learner knows it already.

    Raises:
        SeatNotFoundError: the learner has no seat in the session.
        LiveSessionOverError: the session is over.
    """
    match command:
        case FollowSession():
            return _follow(command, state)
        case GiveUpSeat(at):
            _, _, ends_at = _known(state)
            if state.given_up:
                return []
            if not state.invited:
                raise SeatNotFoundError
            _require_to_come(ends_at, at)
            return [_uninvited(state, "given_up")]
        case TakeSeat(starts_at, ends_at, at):
            learner_id, _, _ = _known(state)
            if state.invited:
                return []
            if not state.given_up:
                raise SeatNotFoundError
            _require_to_come(ends_at, at)
            return [
                SessionInvited(
                    learner_id=learner_id,
                    session_id=state.session_id,
                    module_id=state.module_id,
                    sequence=state.sequence + 1,
                    starts_at=starts_at,
                    ends_at=ends_at,
                )
            ]
        case _:
            assert_never(command)


def _follow(command: FollowSession, state: Seat) -> Sequence[SeatEvent]:
    shown_until = state.ends_at if state.invited and state.ends_at else command.ends_at
    if max(command.ends_at, shown_until) <= command.at:
        return []
    if command.cancelled:
        return [_uninvited(state, "cancelled")] if state.invited else []
    if not command.taking_part:
        return [_uninvited(state, "not_enrolled")] if state.invited else []
    if state.given_up or _is_shown(state, command):
        return []
    return [
        SessionInvited(
            learner_id=command.learner_id,
            session_id=command.session_id,
            module_id=command.module_id,
            sequence=state.sequence + 1,
            starts_at=command.starts_at,
            ends_at=command.ends_at,
            moved=state.invited,
        )
    ]


def _is_shown(state: Seat, command: FollowSession) -> bool:
    times = (command.starts_at, command.ends_at)
    return state.invited and (state.starts_at, state.ends_at) == times


def _uninvited(state: Seat, because: UninvitedBecause) -> SessionUninvited:
    learner_id, starts_at, ends_at = _known(state)
    return SessionUninvited(
        learner_id=learner_id,
        session_id=state.session_id,
        module_id=state.module_id,
        sequence=state.sequence + 1,
        starts_at=starts_at,
        ends_at=ends_at,
        because=because,
    )


def _known(state: Seat) -> tuple[SubjectId, datetime, datetime]:
    if state.learner_id is None or state.starts_at is None or state.ends_at is None:
        raise SeatNotFoundError
    return state.learner_id, state.starts_at, state.ends_at


def _require_to_come(ends_at: datetime, at: datetime) -> None:
    if ends_at <= at:
        raise LiveSessionOverError
