"""What can be asked of a hold."""

from dataclasses import dataclass
from datetime import datetime

from services.retention.domain.hold.events import Ground
from shared.events.base import SubjectId
from shared.personal import Category


@dataclass(frozen=True, slots=True)
class PlaceHold:
    """Keep categories of one person from going, for a ground, until an expiry."""

    hold_id: str
    subject_id: SubjectId
    categories: tuple[Category, ...]
    ground: Ground
    reference: str
    """The authority's or the court's file number: never a name."""
    reviewer: str
    """Id of the member of staff who answers for it."""
    expires_at: datetime
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


HoldCommand = PlaceHold | LiftHold | ExpireHold
