"""The rules of a live session (C6.3)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final, assert_never

from services.learning.domain.errors import (
    GroupNotTaughtError,
    LiveSessionNotFoundError,
    LiveSessionOverError,
    LiveSessionTimesError,
)
from services.learning.domain.live_session.commands import (
    AssignSpeaker,
    CancelSession,
    LiveSessionCommand,
    MoveSession,
    PlanSession,
    WithdrawSpeaker,
)
from services.learning.domain.live_session.events import (
    LiveSessionCancelled,
    LiveSessionEvent,
    LiveSessionMoved,
    LiveSessionPlanned,
    SpeakerAssigned,
    SpeakerWithdrawn,
)
from services.learning.domain.live_session.state import LiveSession
from shared.events.base import SubjectId

LONGEST: Final = timedelta(hours=8)
"""How long a session lasts at most, since so long a speaker sees who takes part."""


def decide(command: LiveSessionCommand, state: LiveSession) -> Sequence[LiveSessionEvent]:
    """Return what `command` leads to; nothing where it is so already.

    Raises:
        GroupNotTaughtError: the trainer does not teach the whole group.
        LiveSessionTimesError: it would end before it starts, be over already, or last too long.
        LiveSessionNotFoundError: there is no such session, or it is another trainer's.
        LiveSessionOverError: it is over, or was cancelled.
    """
    match command:
        case PlanSession():
            return _planned(command, state)
        case MoveSession():
            return _moved(command, state)
        case AssignSpeaker():
            return _assigned(command, state)
        case WithdrawSpeaker():
            return _withdrawn(command, state)
        case CancelSession():
            return _cancelled(command, state)
        case _:
            assert_never(command)


def _planned(command: PlanSession, state: LiveSession) -> Sequence[LiveSessionEvent]:
    if state.session_id:
        return []
    if not command.teaching.includes(command.group):
        raise GroupNotTaughtError
    _require_times(command)
    planned = LiveSessionPlanned(
        trainer_id=command.trainer_id,
        session_id=command.session_id,
        module_id=command.group.module_id,
        cohort=command.group.cohort,
        starts_at=command.starts_at,
        ends_at=command.ends_at,
    )
    return [planned]


def _moved(command: MoveSession, state: LiveSession) -> Sequence[LiveSessionEvent]:
    trainer_id = _of(state)
    if trainer_id != command.by:
        raise LiveSessionNotFoundError
    if state.is_over(command.at):
        raise LiveSessionOverError
    if (state.starts_at, state.ends_at) == (command.starts_at, command.ends_at):
        return []
    _require_times(command)
    return [
        LiveSessionMoved(
            trainer_id=trainer_id,
            session_id=state.session_id,
            starts_at=command.starts_at,
            ends_at=command.ends_at,
        )
    ]


def _require_times(command: PlanSession | MoveSession) -> None:
    lasts = command.ends_at - command.starts_at
    if not timedelta() < lasts <= LONGEST or command.ends_at <= command.at:
        raise LiveSessionTimesError


def _assigned(command: AssignSpeaker, state: LiveSession) -> Sequence[LiveSessionEvent]:
    trainer_id = _of(state)
    if state.is_over(command.at):
        raise LiveSessionOverError
    if state.speaker_id == command.speaker_id:
        return []
    return [
        SpeakerAssigned(
            trainer_id=trainer_id,
            session_id=state.session_id,
            speaker_id=command.speaker_id,
            assigned_by=command.by,
        )
    ]


def _withdrawn(command: WithdrawSpeaker, state: LiveSession) -> Sequence[LiveSessionEvent]:
    trainer_id = _of(state)
    if state.speaker_id is None:
        return []
    return [
        SpeakerWithdrawn(
            trainer_id=trainer_id, session_id=state.session_id, withdrawn_by=command.by
        )
    ]


def _cancelled(command: CancelSession, state: LiveSession) -> Sequence[LiveSessionEvent]:
    trainer_id = _of(state)
    if trainer_id != command.by:
        raise LiveSessionNotFoundError
    if state.cancelled:
        return []
    if state.is_over(command.at):
        raise LiveSessionOverError
    return [LiveSessionCancelled(trainer_id=trainer_id, session_id=state.session_id)]


def _of(state: LiveSession) -> SubjectId:
    if state.trainer_id is None:
        raise LiveSessionNotFoundError
    return state.trainer_id
