"""What the history of the register amounts to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from services.retention.domain.penetration_test.events import (
    FindingWasRecorded,
    FindingWasSettled,
    PenetrationTestWasRecorded,
    Stage,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A weakness that a test found."""

    recorded: FindingWasRecorded
    settled: FindingWasSettled | None = None
    reminded: bool = False

    def is_overdue(self, now: datetime) -> bool:
        """Whether it should have been settled by `now`."""
        return self.settled is None and now >= self.recorded.due_at


@dataclass(frozen=True, slots=True)
class Register:
    """Every test and finding, the oldest first, and when the next test is due."""

    tests: Mapping[str, PenetrationTestWasRecorded] = field(default_factory=dict)
    findings: Mapping[str, Finding] = field(default_factory=dict)
    next_due_at: datetime | None = None
    """`None` before anybody has looked."""
    reminded: Stage | None = None

    def is_overdue(self, now: datetime) -> bool:
        """Whether the next test should have been done by `now`."""
        return self.next_due_at is not None and now >= self.next_due_at

    def findings_overdue(self, now: datetime) -> Iterator[Finding]:
        """Yield the findings that should have been settled by `now`."""
        return (one for one in self.findings.values() if one.is_overdue(now))
