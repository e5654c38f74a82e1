"""What a recording's history amounts to."""

from dataclasses import dataclass

from shared.events.base import SubjectId


@dataclass(frozen=True, slots=True)
class RecordingState:
    """One recording; the default is one that does not exist."""

    recording_id: str = ""
    learner_id: SubjectId | None = None
    kept: bool = False
    gone: bool = False
    """Whether its key has been destroyed."""
