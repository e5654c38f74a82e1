"""What happened in the register of penetration tests; codes, days and file numbers alone."""

from datetime import date, datetime
from typing import Literal

from shared.events.base import DomainEvent, Identifier
from shared.penetration_tests import Outcome, Scope, Severity, Weakness

Stage = Literal["planned", "month", "week", "overdue"]
"""How near a test is; `planned` only sets the first date and reminds nobody."""


class PenetrationTestWasRecorded(DomainEvent):
    """A firm tested the platform; the next test is due by `next_due_at`."""

    test_id: Identifier
    done_on: date
    firm: Identifier
    """The firm, by its name or business number; never a person."""
    report: Identifier
    """File number of its report, which is kept elsewhere."""
    scopes: tuple[Scope, ...]
    next_due_at: datetime
    recorded_by: Identifier
    recorded_at: datetime


class FindingWasRecorded(DomainEvent):
    """A test found a weakness, to be settled by `due_at`."""

    test_id: Identifier
    finding_id: Identifier
    reference: Identifier
    """Its number in the report."""
    weakness: Weakness
    severity: Severity
    due_at: datetime
    recorded_by: Identifier
    recorded_at: datetime


class FindingWasSettled(DomainEvent):
    """A weakness is fixed, or its risk accepted."""

    test_id: Identifier
    finding_id: Identifier
    outcome: Outcome
    settled_by: Identifier
    settled_at: datetime


class PenetrationTestWasReminded(DomainEvent):
    """The next test is due by `due_at`; the first time, that date begins to count."""

    stage: Stage
    due_at: datetime
    reminded_at: datetime


class FindingWasReminded(DomainEvent):
    """A finding was not settled by its date."""

    test_id: Identifier
    finding_id: Identifier
    due_at: datetime
    reminded_at: datetime


TestEvent = (
    PenetrationTestWasRecorded
    | FindingWasRecorded
    | FindingWasSettled
    | PenetrationTestWasReminded
    | FindingWasReminded
)
