"""The rules of the register: a test every six months, findings settled by their date (C7.6)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final, assert_never

from dateutil.relativedelta import relativedelta

from services.retention.domain.calendar import PARIS, end_of_day
from services.retention.domain.errors import (
    FindingNotFoundError,
    PenetrationTestDateError,
    PenetrationTestNotFoundError,
)
from services.retention.domain.penetration_test.commands import (
    FollowTests,
    RecordFinding,
    RecordTest,
    SettleFinding,
    TestCommand,
)
from services.retention.domain.penetration_test.events import (
    FindingWasRecorded,
    FindingWasReminded,
    FindingWasSettled,
    PenetrationTestWasRecorded,
    PenetrationTestWasReminded,
    Stage,
    TestEvent,
)
from services.retention.domain.penetration_test.state import Register
from shared.penetration_tests import Severity

EVERY: Final = relativedelta(months=6)
"""C7.6."""
SETTLED_WITHIN: Final[dict[Severity, timedelta]] = {
    "critical": timedelta(days=7),
    "high": timedelta(days=30),
    "medium": timedelta(days=90),
    "low": timedelta(days=180),
}
"""How long a finding may stand where nobody names a day."""
AHEAD: Final[dict[Stage, timedelta]] = {
    "overdue": timedelta(),
    "week": timedelta(days=7),
    "month": timedelta(days=30),
}
ORDER: Final[tuple[Stage | None, ...]] = (None, "planned", "month", "week", "overdue")


def decide(command: TestCommand, state: Register) -> Sequence[TestEvent]:
    """Return what `command` leads to; repeating what is so already leads to nothing.

    Raises:
        PenetrationTestDateError: the test is to come, or the finding is due before its test.
        PenetrationTestNotFoundError: there is no such test.
        FindingNotFoundError: that test found no such thing.
    """
    match command:
        case RecordTest():
            return _recorded(command, state)
        case RecordFinding():
            return _found(command, state)
        case SettleFinding():
            return _settled(command, state)
        case FollowTests():
            return _followed(command.at, state)
        case _:
            assert_never(command)


def _recorded(command: RecordTest, state: Register) -> Sequence[TestEvent]:
    if command.test_id in state.tests:
        return []
    if command.done_on > command.at.astimezone(PARIS).date():
        raise PenetrationTestDateError
    return [
        PenetrationTestWasRecorded(
            test_id=command.test_id,
            done_on=command.done_on,
            firm=command.firm,
            report=command.report,
            scopes=command.scopes,
            next_due_at=end_of_day(command.done_on + EVERY),
            recorded_by=command.by,
            recorded_at=command.at,
        )
    ]


def _found(command: RecordFinding, state: Register) -> Sequence[TestEvent]:
    test = state.tests.get(command.test_id)
    if test is None:
        raise PenetrationTestNotFoundError
    if command.finding_id in state.findings:
        return []
    due_on = command.due_on or _allowed(test.done_on, command.severity)
    if due_on < test.done_on:
        raise PenetrationTestDateError
    return [
        FindingWasRecorded(
            test_id=command.test_id,
            finding_id=command.finding_id,
            reference=command.reference,
            weakness=command.weakness,
            severity=command.severity,
            due_at=end_of_day(due_on),
            recorded_by=command.by,
            recorded_at=command.at,
        )
    ]


def _allowed(done_on: date, severity: Severity) -> date:
    return done_on + SETTLED_WITHIN[severity]


def _settled(command: SettleFinding, state: Register) -> Sequence[TestEvent]:
    finding = state.findings.get(command.finding_id)
    if finding is None or finding.recorded.test_id != command.test_id:
        raise FindingNotFoundError
    if finding.settled is not None:
        return []
    return [
        FindingWasSettled(
            test_id=command.test_id,
            finding_id=command.finding_id,
            outcome=command.outcome,
            settled_by=command.by,
            settled_at=command.at,
        )
    ]


def _followed(now: datetime, state: Register) -> Sequence[TestEvent]:
    events: list[TestEvent] = []
    due_at = state.next_due_at or end_of_day(now.astimezone(PARIS).date() + EVERY)
    reached: Stage = next((one for one, ahead in AHEAD.items() if now >= due_at - ahead), "planned")
    first = state.next_due_at is None
    if first or (reached != "planned" and ORDER.index(reached) > ORDER.index(state.reminded)):
        events.append(PenetrationTestWasReminded(stage=reached, due_at=due_at, reminded_at=now))
    events += [
        FindingWasReminded(
            test_id=one.recorded.test_id,
            finding_id=one.recorded.finding_id,
            due_at=one.recorded.due_at,
            reminded_at=now,
        )
        for one in state.findings_overdue(now)
        if not one.reminded
    ]
    return events
