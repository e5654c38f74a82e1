"""What was decided, as this service stores it: the proof that consent was given (GDPR art. 7(1)).

None of it is sealed: a purpose, a text version and a pseudonymous id say nothing about anybody
once the identity behind the id is gone.
"""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from shared.events.base import DomainEvent, Identifier, SubjectId
from shared.events.consent import Channel, ObjectionPurpose, Purpose


class Shown(BaseModel):
    """The text the person had before them when deciding."""

    model_config = ConfigDict(frozen=True)

    text_version: Identifier
    language: Literal["fr", "en"]


class ConsentGranted(DomainEvent):
    """The person agreed to one purpose."""

    learner_id: SubjectId
    purpose: Purpose
    shown: Shown
    channel: Channel
    decided_at: datetime


class ConsentWithdrawn(DomainEvent):
    """The person withdrew the agreement to one purpose."""

    learner_id: SubjectId
    purpose: Purpose
    shown: Shown
    channel: Channel
    decided_at: datetime


class ObjectionRaised(DomainEvent):
    """The person objects to one purpose (C8.3)."""

    learner_id: SubjectId
    purpose: ObjectionPurpose
    shown: Shown
    channel: Channel
    decided_at: datetime


class ObjectionLifted(DomainEvent):
    """The person no longer objects."""

    learner_id: SubjectId
    purpose: ObjectionPurpose
    shown: Shown
    channel: Channel
    decided_at: datetime


class ConsentsClosed(DomainEvent):
    """The account is being erased: every consent ended with it (C8.4)."""

    learner_id: SubjectId
    closed_at: datetime


ConsentEvent = (
    ConsentGranted | ConsentWithdrawn | ObjectionRaised | ObjectionLifted | ConsentsClosed
)
