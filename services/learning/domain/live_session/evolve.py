"""Folding a live session's history."""

from dataclasses import replace
from typing import assert_never

from services.learning.domain.live_session.events import (
    LiveSessionCancelled,
    LiveSessionEvent,
    LiveSessionMoved,
    LiveSessionPlanned,
    SpeakerAssigned,
    SpeakerWithdrawn,
)
from services.learning.domain.live_session.state import LiveSession
from services.learning.domain.teaching.state import Group


def evolve(state: LiveSession, event: LiveSessionEvent) -> LiveSession:
    """Return `state` after `event`; never raises on recorded history."""
    match event:
        case LiveSessionPlanned():
            return LiveSession(
                event.session_id,
                event.trainer_id,
                Group(event.module_id, event.cohort),
                event.starts_at,
                event.ends_at,
            )
        case LiveSessionMoved(starts_at=starts_at, ends_at=ends_at):
            return replace(state, starts_at=starts_at, ends_at=ends_at, moves=state.moves + 1)
        case SpeakerAssigned(speaker_id=speaker_id):
            return replace(state, speaker_id=speaker_id)
        case SpeakerWithdrawn():
            return replace(state, speaker_id=None)
        case LiveSessionCancelled():
            return replace(state, cancelled=True)
        case _:
            assert_never(event)
