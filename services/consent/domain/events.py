"""What a person decided, as this service stores it: the proof of each decision."""

from typing import Literal

from shared.events.base import DomainEvent, Identifier, SubjectId
from shared.events.consent import Channel, ObjectionPurpose, Purpose


class ConsentGiven(DomainEvent):
    """The person agreed, having been shown `text_version` in `language`."""

    learner_id: SubjectId
    purpose: Purpose
    text_version: Identifier
    language: Literal["fr", "en"]
    channel: Channel


class ConsentTakenBack(DomainEvent):
    """The person withdrew."""

    learner_id: SubjectId
    purpose: Purpose
    channel: Channel


class Objected(DomainEvent):
    """The person objects."""

    learner_id: SubjectId
    purpose: ObjectionPurpose


class ObjectionTakenBack(DomainEvent):
    """The person no longer objects."""

    learner_id: SubjectId
    purpose: ObjectionPurpose


ConsentDomainEvent = ConsentGiven | ConsentTakenBack | Objected | ObjectionTakenBack
