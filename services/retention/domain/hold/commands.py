"""What can be asked of a hold."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.retention.domain.hold.events import Reason
from shared.events.base import SubjectId
from shared.events.retention import Authority, Ground, HeldScope

Verdict = Literal["keep", "narrow", "lift"]
"""What a review decides; the event tells what came of it."""

REVIEW_EVERY = 3
"""Months between reviews where nothing else is said."""


@dataclass(frozen=True, slots=True)
class PlaceHold:
    """Keep scopes of one person's data from going, for a ground, until an expiry."""

    hold_id: str
    matter_id: str
    """The dispute, demand or audit it belongs to."""
    subject_id: SubjectId
    scopes: tuple[HeldScope, ...]
    ground: Ground
    authority: Authority
    reference: str
    """The authority's or the court's file number: never a name."""
    reviewer: str
    """Id of the member of staff who answers for it."""
    expires_at: datetime
    at: datetime
    review_every: int = REVIEW_EVERY
    """Months between reviews."""
    disclosed_from: datetime | None = None
    """Until then the person must not learn of it; `None` where the law permits telling at once."""


@dataclass(frozen=True, slots=True)
class ExtendHold:
    """Let it end later; `disclosed_from` moves an undisclosed hold's disclosure as well."""

    expires_at: datetime
    reason: Reason
    reference: str
    by: str
    at: datetime
    disclosed_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReviewHold:
    """Decide anew about a hold: keep it, narrow it to fewer scopes, or lift it."""

    outcome: Verdict
    reason: Reason
    reference: str
    by: str
    at: datetime
    review_at: datetime | None = None
    """The next review; one period from now where it is not given."""
    scopes: tuple[HeldScope, ...] = ()
    """What is left of it when it is narrowed."""
    confirmed_by: str | None = None
    """The second person, where less is kept than before."""


@dataclass(frozen=True, slots=True)
class RemindReview:
    """Remind of a review that is near, or note that it is overdue; once for each date."""

    at: datetime


@dataclass(frozen=True, slots=True)
class DiscloseHold:
    """Tell the person, once the law permits."""

    at: datetime


@dataclass(frozen=True, slots=True)
class LiftHold:
    """End a hold early."""

    reviewer: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ExpireHold:
    """End a hold whose time is over."""

    at: datetime


HoldCommand = (
    PlaceHold | ExtendHold | ReviewHold | RemindReview | DiscloseHold | LiftHold | ExpireHold
)
