"""What the consent service tells others: decisions of the person."""

from typing import ClassVar, Literal

from shared.events.base import Identifier, PublicEvent, SubjectId

Purpose = Literal["newsletter", "events", "surveys"]
"""Purposes that rest on explicit prior consent (C9.2)."""

ObjectionPurpose = Literal["suggestions"]
"""Purposes that rest on another basis and that the person may object to (C8.3)."""

Channel = Literal["portal", "unsubscribe_link", "staff"]


class ConsentEvent(PublicEvent):
    """Published on `consent.events`."""

    SERVICE: ClassVar[str] = "consent"


class ConsentGranted(ConsentEvent):
    """The person agreed to one purpose, having been shown one text."""

    learner_id: SubjectId
    purpose: Purpose
    text_version: Identifier
    language: Literal["fr", "en"]
    channel: Channel


class ConsentWithdrawn(ConsentEvent):
    """The person withdrew: every use for that purpose stops at once."""

    learner_id: SubjectId
    purpose: Purpose
    channel: Channel


class ObjectionRaised(ConsentEvent):
    """The person objects to one purpose (C8.3)."""

    learner_id: SubjectId
    purpose: ObjectionPurpose


class ObjectionLifted(ConsentEvent):
    """The person no longer objects."""

    learner_id: SubjectId
    purpose: ObjectionPurpose
