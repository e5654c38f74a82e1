"""What can be asked of a break-glass access."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.events.base import SubjectId
from shared.events.identity import EndCause, Verdict
from shared.personal import Category, Personal


@dataclass(frozen=True, slots=True)
class TakeAccess:
    """Take access to one learner beyond the compartment, for a written reason."""

    access_id: str
    subject_id: SubjectId
    """The learner."""
    by: str
    role: str
    reason: Personal[str]
    categories: tuple[Category, ...]
    """What the table of rights opens to the role under such an access, and nothing else."""
    at: datetime
    lasts: timedelta


@dataclass(frozen=True, slots=True)
class EndAccess:
    """End it before its time."""

    by: str
    cause: EndCause
    at: datetime


@dataclass(frozen=True, slots=True)
class ReviewAccess:
    """Say, as the officer or as security, whether it was justified."""

    verdict: Verdict
    opens_incident: bool
    """Whether one that was not justified is entered in the register of incidents."""
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FollowReview:
    """See whether its review is to be reminded of, which happens every `after`."""

    at: datetime
    after: timedelta


BreakGlassCommand = TakeAccess | EndAccess | ReviewAccess | FollowReview
