"""What happened to a recording, as this service stores it."""

from datetime import datetime
from typing import Annotated

from shared.events.base import DomainEvent, Identifier, SubjectId
from shared.personal import Category, Personal, PersonalField

RECORDING = PersonalField(Category.RECORDING, object="recording_id")


class SessionRecorded(DomainEvent):
    """A live session with the learner was recorded (C2.10)."""

    learner_id: SubjectId
    recording_id: Identifier
    title: Annotated[Personal[str], RECORDING]
    location: Annotated[Personal[str], RECORDING]
    recorded_at: datetime


class RecordingKept(DomainEvent):
    """The learner asked to keep it, for teaching."""

    learner_id: SubjectId
    recording_id: Identifier


class RecordingReleased(DomainEvent):
    """The learner no longer wants it kept."""

    learner_id: SubjectId
    recording_id: Identifier


RecordingEvent = SessionRecorded | RecordingKept | RecordingReleased
