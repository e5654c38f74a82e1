"""What can be asked of the register of penetration tests."""

from dataclasses import dataclass
from datetime import date, datetime

from shared.penetration_tests import Outcome, Scope, Severity, Weakness


@dataclass(frozen=True, slots=True)
class RecordTest:
    """Note a test that was done."""

    test_id: str
    done_on: date
    firm: str
    report: str
    scopes: tuple[Scope, ...]
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RecordFinding:
    """Note what a test found."""

    test_id: str
    finding_id: str
    reference: str
    weakness: Weakness
    severity: Severity
    due_on: date | None
    """Until when it is to be settled; what its severity allows where none is named."""
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SettleFinding:
    """Note that a finding is fixed, or its risk accepted."""

    test_id: str
    finding_id: str
    outcome: Outcome
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FollowTests:
    """See whether a test or a finding is to be reminded of."""

    at: datetime


TestCommand = RecordTest | RecordFinding | SettleFinding | FollowTests
