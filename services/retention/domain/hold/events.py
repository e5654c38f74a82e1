"""What happened to a hold, as this service stores it; free of personal data."""

from datetime import datetime
from typing import Literal

from shared.events.base import DomainEvent, Identifier, SubjectId
from shared.events.retention import Authority, Ground, HeldScope
from shared.personal import Category

Reason = Literal[
    "proceedings_continue",
    "demand_renewed",
    "answer_awaited",
    "limitation_runs",
    "less_is_needed",
    "proceedings_over",
    "demand_withdrawn",
    "mistake",
]
"""Why a hold was changed: a code, since a text in one's own words could be about the person."""

Outcome = Literal["kept", "narrowed", "lifted"]
"""What came of a review."""


class HoldWasPlaced(DomainEvent):
    """A hold came into force."""

    hold_id: Identifier
    subject_id: SubjectId
    categories: tuple[Category, ...]
    ground: Ground
    reference: Identifier
    reviewer: Identifier
    expires_at: datetime
    placed_at: datetime
    scopes: tuple[HeldScope, ...] = ()
    """What exactly is kept; all of the categories where there are none."""
    matter_id: Identifier | None = None
    authority: Authority | None = None
    review_every: int | None = None
    """Months between reviews."""
    review_at: datetime | None = None
    disclosed_from: datetime | None = None


class HoldWasExtended(DomainEvent):
    """It ends later, and may stay undisclosed for longer."""

    hold_id: Identifier
    subject_id: SubjectId
    scopes: tuple[HeldScope, ...]
    expires_at: datetime
    review_at: datetime | None
    disclosed_from: datetime | None
    reason: Reason
    reference: Identifier
    extended_by: Identifier
    extended_at: datetime


class HoldWasReviewed(DomainEvent):
    """The reviewer looked at it again and decided."""

    hold_id: Identifier
    subject_id: SubjectId
    outcome: Outcome
    scopes: tuple[HeldScope, ...]
    expires_at: datetime
    review_at: datetime | None
    """When it is to be reviewed next."""
    disclosed_from: datetime | None
    reason: Reason
    reference: Identifier
    reviewed_by: Identifier
    reviewed_at: datetime
    confirmed_by: Identifier | None = None
    """The second person, where less is kept than before."""


class ReviewWasReminded(DomainEvent):
    """The reviewer was reminded of a review that is near."""

    hold_id: Identifier
    subject_id: SubjectId
    reviewer: Identifier
    review_at: datetime
    reminded_at: datetime


class ReviewWentOverdue(DomainEvent):
    """The day of the review passed without one."""

    hold_id: Identifier
    subject_id: SubjectId
    review_at: datetime
    noticed_at: datetime


class HoldWasDisclosed(DomainEvent):
    """The person is told of the hold (C6.2)."""

    hold_id: Identifier
    subject_id: SubjectId
    ground: Ground
    authority: Authority | None
    scopes: tuple[HeldScope, ...]
    expires_at: datetime
    disclosed_at: datetime
    placed_at: datetime | None = None
    disclosed_from: datetime | None = None
    ended_at: datetime | None = None


class HoldWasLifted(DomainEvent):
    """The hold ended; what it stopped resumes by itself."""

    hold_id: Identifier
    subject_id: SubjectId
    cause: Literal["lifted", "expired"]
    reviewer: Identifier | None = None
    lifted_at: datetime


HoldEvent = (
    HoldWasPlaced
    | HoldWasExtended
    | HoldWasReviewed
    | ReviewWasReminded
    | ReviewWentOverdue
    | HoldWasDisclosed
    | HoldWasLifted
)
