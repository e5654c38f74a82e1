"""What an incident's history amounts to."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from services.retention.domain.incident.events import (
    AuthorityWasNotified,
    DisclosureWasOrdered,
    ExtentWasComputed,
    IncidentWasOpened,
    RiskWasAssessed,
)
from shared.incidents import Lesson, Measure

Duty = Literal["judge", "extent", "risk", "authority", "persons", "lessons"]


@dataclass(frozen=True, slots=True)
class IncidentState:
    """One incident; the default is one that does not exist."""

    opened: IncidentWasOpened | None = None
    extent: ExtentWasComputed | None = None
    """The latest."""
    risk: RiskWasAssessed | None = None
    measures: tuple[Measure, ...] = ()
    notified: tuple[AuthorityWasNotified, ...] = ()
    ordered: DisclosureWasOrdered | None = None
    told: int | None = None
    """How many persons were told, once all were."""
    reminded: frozenset[int] = field(default_factory=frozenset)
    lessons: tuple[Lesson, ...] = ()
    closed_at: datetime | None = None
    judged: bool = False
    dismissed: bool = False
    """Whether it was a draft that turned out to be no breach."""

    @property
    def is_draft(self) -> bool:
        """Whether a rule opened it and nobody has judged it yet."""
        return self.opened is not None and self.opened.draft and not self.judged

    @property
    def owes_notification(self) -> bool:
        """Whether the authority is still to be told: until no risk is found likely (art. 33(1))."""
        unlikely = self.risk is not None and self.risk.risk == "none"
        return self.closed_at is None and not self.notified and not unlikely

    @property
    def owes_disclosure(self) -> bool:
        """Whether persons are to be told: the risk for them is high (art. 34(1))."""
        concerned = self.extent is not None and self.extent.persons > 0
        high = self.risk is not None and self.risk.risk == "high"
        return high and concerned and self.told is None

    @property
    def duties(self) -> tuple[Duty, ...]:
        """What has to be done before it can be closed, in order."""
        if self.opened is None or self.closed_at is not None:
            return ()
        owed: list[tuple[Duty, bool]] = [
            ("judge", self.is_draft),
            ("extent", self.extent is None),
            ("risk", self.risk is None),
            ("authority", self.owes_notification or self._more_is_to_follow),
            ("persons", self.owes_disclosure),
            ("lessons", True),
        ]
        return tuple(duty for duty, open_ in owed if open_)

    @property
    def _more_is_to_follow(self) -> bool:
        return bool(self.notified) and not self.notified[-1].complete
