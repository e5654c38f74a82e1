"""What a hold's history amounts to."""

from dataclasses import dataclass
from datetime import datetime

from shared.events.base import SubjectId
from shared.personal import Category


@dataclass(frozen=True, slots=True)
class HoldState:
    """One hold; the default is one that does not exist."""

    hold_id: str | None = None
    subject_id: SubjectId | None = None
    categories: tuple[Category, ...] = ()
    expires_at: datetime | None = None
    over: bool = False
