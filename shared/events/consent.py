"""What the consent service tells others: decisions of the person."""

from datetime import datetime
from typing import Annotated, ClassVar, Final, Literal, get_args

from shared.events.base import Identifier, PublicEvent, SubjectId
from shared.personal import Category, Personal, PersonalField
from shared.words import Text

Purpose = Literal[
    "newsletter", "newsletter-figures", "newsletter-platform", "events", "surveys", "recordings"
]
"""Purposes that rest on explicit prior consent (C9.2); a newsletter is one for each topic."""

BY_MAIL: Final = frozenset(get_args(Purpose)) - {"recordings"}
"""Purposes that use the e-mail address (C2.2)."""

ObjectionPurpose = Literal["suggestions", "reminders", "statistics"]
"""Purposes that rest on another basis and that the person may object to (C8.3)."""

RestrictedCategory = Literal["profile", "learning_history", "recording", "support", "contact"]
"""Categories whose use the person may restrict to what the law leaves (GDPR art. 18)."""

EXPLAINED = PersonalField(Category.PROFILE)

PolicyAnswer = Literal["accepted", "refused"]
"""What a learner says to a version of the privacy policy (C12.1)."""

Channel = Literal["portal", "unsubscribe_link", "staff", "complaint"]
"""How a decision reached us; a complaint is the report of the person's mail provider (RFC 5965)."""


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
    explained: Annotated[Personal[str] | None, EXPLAINED] = None
    """The consequences as they were shown."""


class ObjectionLifted(ConsentEvent):
    """The person no longer objects."""

    learner_id: SubjectId
    purpose: ObjectionPurpose


class RestrictionPlaced(ConsentEvent):
    """The person restricts a category: kept, and used for nothing but what the law leaves."""

    learner_id: SubjectId
    category: RestrictedCategory
    explained: Annotated[Personal[str] | None, EXPLAINED] = None
    """The consequences as they were shown."""


class RestrictionLifted(ConsentEvent):
    """The category may be used again."""

    learner_id: SubjectId
    category: RestrictedCategory


class ConsentsEnded(ConsentEvent):
    """The account is being erased: no decision of the person stands any more (C8.4)."""

    learner_id: SubjectId


class PolicyPublished(ConsentEvent):
    """A version of the privacy policy was published; about no person (C12)."""

    version: Identifier
    substantial: bool
    """Whether everybody with an account is told at least 30 days before it takes effect."""
    effective_at: datetime
    summary: Text
    """What changes, in a few words."""


class PolicyAnswered(ConsentEvent):
    """The person accepts or refuses a version of the privacy policy (C12.1)."""

    learner_id: SubjectId
    version: Identifier
    decision: PolicyAnswer
