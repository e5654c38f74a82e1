"""Folding a recording's history."""

from dataclasses import replace
from typing import assert_never

from services.learning.domain.recording.events import (
    RecordingEvent,
    RecordingKept,
    RecordingReleased,
    SessionRecorded,
)
from services.learning.domain.recording.state import RecordingState


def evolve(state: RecordingState, event: RecordingEvent) -> RecordingState:
    """Return `state` after `event`; never raises on recorded history."""
    match event:
        case SessionRecorded():
            return RecordingState(
                recording_id=event.recording_id,
                learner_id=event.learner_id,
                gone=event.location.is_erased,
            )
        case RecordingKept():
            return replace(state, kept=True)
        case RecordingReleased():
            return replace(state, kept=False)
        case _:
            assert_never(event)
