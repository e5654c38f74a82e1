"""What a break-glass access's history amounts to."""

from dataclasses import dataclass
from datetime import datetime

from services.identity.domain.break_glass.events import AccessReviewed, AccessTaken


@dataclass(frozen=True, slots=True)
class BreakGlass:
    """One access; the default is one that does not exist."""

    taken: AccessTaken | None = None
    ended_at: datetime | None = None
    """When it was ended before its time."""
    reviewed: AccessReviewed | None = None
    reminded_at: datetime | None = None

    @property
    def over_at(self) -> datetime | None:
        """When it is over: at its time, unless it was ended before."""
        return self.ended_at or (None if self.taken is None else self.taken.until)

    def is_open(self, now: datetime) -> bool:
        """Whether it opens anything."""
        return self.over_at is not None and now < self.over_at


NO_ACCESS = BreakGlass()
