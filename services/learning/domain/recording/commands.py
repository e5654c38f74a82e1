"""What can be asked of a recording."""

from dataclasses import dataclass
from datetime import datetime

from shared.events.base import SubjectId
from shared.personal import Personal


@dataclass(frozen=True, slots=True)
class RecordSession:
    """Note that a live session with the learner was recorded."""

    learner_id: SubjectId
    recording_id: str
    title: Personal[str]
    location: Personal[str]
    """Where the video tool keeps it; inside the EU (C10.2)."""
    at: datetime


@dataclass(frozen=True, slots=True)
class KeepRecording:
    """Keep it beyond its term: the learner's explicit request."""

    learner_id: SubjectId


@dataclass(frozen=True, slots=True)
class ReleaseRecording:
    """Keep it no longer: it goes at its term."""

    learner_id: SubjectId


RecordingCommand = RecordSession | KeepRecording | ReleaseRecording
