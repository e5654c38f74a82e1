"""What a live session's history amounts to."""

from dataclasses import dataclass
from datetime import datetime

from services.learning.domain.teaching.state import Group
from shared.events.base import SubjectId


@dataclass(frozen=True, slots=True)
class LiveSession:
    """One session; the default is one that does not exist."""

    session_id: str = ""
    trainer_id: SubjectId | None = None
    group: Group | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    speaker_id: str | None = None
    cancelled: bool = False
    moves: int = 0
    """How often it was moved."""

    def is_over(self, at: datetime) -> bool:
        """Whether it ended before the instant `at`, or will not take place."""
        return self.cancelled or self.ends_at is None or self.ends_at <= at
