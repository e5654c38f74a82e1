"""What was decided, as this service stores it: the proof that consent was given (GDPR art. 7(1)).

A purpose, a text version and a pseudonymous id say nothing about anybody once the identity behind
the id is gone, so they are not sealed. What was explained with examples from the person's own data
is: it goes with their profile, and its digest stays.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from shared.events.base import DomainEvent, Identifier, SubjectId
from shared.events.consent import (
    Channel,
    ObjectionPurpose,
    PolicyAnswer,
    Purpose,
    RestrictedCategory,
)
from shared.personal import Category, Personal, PersonalField

Place = Literal["choices", "recordings", "confirmation", "letter", "mail_program", "api"]
"""Where the person decided: a page of the portal, the page behind a link in a message, a mail
program by itself, or a program of theirs."""

Gesture = Literal["button", "confirmed", "one_click", "reported"]
"""How: one button; a button below the consequences; a mail program's one click (RFC 8058); a
message reported as unwanted (RFC 5965)."""

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]

EXPLAINED = PersonalField(Category.PROFILE)


class Shown(BaseModel):
    """The text the person had before them when deciding."""

    model_config = ConfigDict(frozen=True)

    text_version: Identifier
    language: Literal["fr", "en"]
    digest: Digest | None = None
    """SHA-256 of the words themselves, as UTF-8."""


class ConsentGranted(DomainEvent):
    """The person agreed to one purpose."""

    learner_id: SubjectId
    purpose: Purpose
    shown: Shown
    channel: Channel
    decided_at: datetime
    place: Place | None = None
    gesture: Gesture | None = None


class ConsentWithdrawn(DomainEvent):
    """The person withdrew the agreement to one purpose."""

    learner_id: SubjectId
    purpose: Purpose
    shown: Shown
    channel: Channel
    decided_at: datetime
    place: Place | None = None
    gesture: Gesture | None = None


class ObjectionRaised(DomainEvent):
    """The person objects to one purpose (C8.3)."""

    learner_id: SubjectId
    purpose: ObjectionPurpose
    shown: Shown
    channel: Channel
    decided_at: datetime
    place: Place | None = None
    gesture: Gesture | None = None
    explained: Annotated[Personal[str] | None, EXPLAINED] = None
    """The consequences in the words and with the examples that were shown, sealed."""


class ObjectionLifted(DomainEvent):
    """The person no longer objects."""

    learner_id: SubjectId
    purpose: ObjectionPurpose
    shown: Shown
    channel: Channel
    decided_at: datetime
    place: Place | None = None
    gesture: Gesture | None = None


class RestrictionPlaced(DomainEvent):
    """The person restricts a category to what the law leaves (GDPR art. 18)."""

    learner_id: SubjectId
    category: RestrictedCategory
    shown: Shown
    channel: Channel
    decided_at: datetime
    place: Place | None = None
    gesture: Gesture | None = None
    explained: Annotated[Personal[str] | None, EXPLAINED] = None
    """The consequences in the words and with the examples that were shown, sealed."""


class RestrictionLifted(DomainEvent):
    """The category may be used again."""

    learner_id: SubjectId
    category: RestrictedCategory
    shown: Shown
    channel: Channel
    decided_at: datetime
    place: Place | None = None
    gesture: Gesture | None = None


class PolicyAnswered(DomainEvent):
    """The person accepts or refuses a version of the privacy policy that was announced (C12.1)."""

    learner_id: SubjectId
    version: Identifier
    decision: PolicyAnswer
    shown: Shown
    answered_at: datetime


class ConsentsClosed(DomainEvent):
    """The account is being erased: every consent ended with it (C8.4)."""

    learner_id: SubjectId
    closed_at: datetime


DecisionEvent = (
    ConsentGranted
    | ConsentWithdrawn
    | ObjectionRaised
    | ObjectionLifted
    | RestrictionPlaced
    | RestrictionLifted
)
"""What the person decided."""

ConsentEvent = DecisionEvent | PolicyAnswered | ConsentsClosed
