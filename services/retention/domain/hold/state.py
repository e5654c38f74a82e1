"""What a hold's history amounts to."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from shared.events.base import SubjectId
from shared.events.retention import Authority, Ground, HeldScope

NEVER: Final = datetime.min.replace(tzinfo=UTC)
NOBODY: Final = SubjectId("")


@dataclass(frozen=True, slots=True)
class HoldState:
    """One hold; the default is one that does not exist."""

    hold_id: str = ""
    subject_id: SubjectId = NOBODY
    scopes: tuple[HeldScope, ...] = ()
    ground: Ground = "litigation"
    authority: Authority | None = None
    reviewer: str = ""
    placed_at: datetime | None = None
    expires_at: datetime = NEVER
    review_every: int | None = None
    review_at: datetime | None = None
    disclosed_from: datetime | None = None
    reminded_of: datetime | None = None
    """The review that was reminded of last."""
    overdue_since: datetime | None = None
    """The review that was noted as overdue last."""
    told: bool = False
    ended_at: datetime | None = None

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.ended_at is not None
