"""The rules of a recording (C2.10)."""

from collections.abc import Sequence
from typing import assert_never

from services.learning.domain.errors import RecordingGoneError, RecordingNotFoundError
from services.learning.domain.recording.commands import (
    KeepRecording,
    RecordingCommand,
    RecordSession,
    ReleaseRecording,
)
from services.learning.domain.recording.events import (
    RecordingEvent,
    RecordingKept,
    RecordingReleased,
    SessionRecorded,
)
from services.learning.domain.recording.state import RecordingState
from shared.events.base import SubjectId


def decide(command: RecordingCommand, state: RecordingState) -> Sequence[RecordingEvent]:
    """Return what `command` leads to; nothing where it is so already.

    Raises:
        RecordingNotFoundError: there is no such recording of this person.
        RecordingGoneError: it has reached its term.
    """
    match command:
        case RecordSession():
            if state.learner_id is not None:
                return []
            return [
                SessionRecorded(
                    learner_id=command.learner_id,
                    recording_id=command.recording_id,
                    title=command.title,
                    location=command.location,
                    recorded_at=command.at,
                )
            ]
        case KeepRecording(learner_id):
            _check_held(state, learner_id)
            if state.kept:
                return []
            return [RecordingKept(learner_id=learner_id, recording_id=state.recording_id)]
        case ReleaseRecording(learner_id):
            _check_held(state, learner_id)
            if not state.kept:
                return []
            return [RecordingReleased(learner_id=learner_id, recording_id=state.recording_id)]
        case _:
            assert_never(command)


def _check_held(state: RecordingState, learner_id: SubjectId) -> None:
    if state.learner_id != learner_id:
        raise RecordingNotFoundError
    if state.gone:
        raise RecordingGoneError
