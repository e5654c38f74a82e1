"""The register of penetration tests (C7.6): due every six months, reminded of, findings settled."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from services.retention.domain.errors import (
    FindingNotFoundError,
    PenetrationTestDateError,
    PenetrationTestNotFoundError,
)
from services.retention.domain.penetration_test import commands as c
from services.retention.domain.penetration_test import events as e
from services.retention.domain.penetration_test.decide import decide
from services.retention.domain.penetration_test.evolve import evolve
from services.retention.domain.penetration_test.state import Register
from shared.personal import personal_fields

NOW = datetime(2030, 3, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)
TEST = c.RecordTest("test-1", date(2030, 3, 1), "CABINET-SA", "R-2030-1", ("portal",), "s-1", NOW)
FINDING = c.RecordFinding("test-1", "f-1", "F-01", "session", "high", None, "s-1", NOW)


def after(*commands: c.TestCommand, state: Register | None = None) -> Register:
    """Return the register after `commands`."""
    register = state or Register()
    for command in commands:
        for event in decide(command, register):
            register = evolve(register, event)
    return register


def stages(register: Register, *days: int) -> list[str]:
    """Return what is reminded of when somebody looks on these days after now."""
    told: list[str] = []
    for day in days:
        for event in decide(c.FollowTests(NOW + day * DAY), register):
            register = evolve(register, event)
            told.append(getattr(event, "stage", "finding"))
    return told


@pytest.mark.promise("C7.6")
def test_the_next_test_is_due_six_months_after_the_last_and_reminded_of_three_times() -> None:
    register = after(TEST)
    assert register.next_due_at == datetime(2030, 9, 1, 22, tzinfo=UTC)
    assert stages(register, 0, 100, 155, 156, 178, 179, 184, 185, 186) == [
        "month",
        "week",
        "overdue",
    ]
    assert not register.is_overdue(NOW + 184 * DAY)
    assert register.is_overdue(NOW + 185 * DAY)
    later = c.RecordTest("test-2", date(2030, 9, 5), "CABINET-SA", "R-2", ("api",), "s-1", NOW)
    renewed = after(c.FollowTests(NOW + 186 * DAY), state=register)
    renewed = after(replace(later, at=NOW + 190 * DAY), state=renewed)
    assert not renewed.is_overdue(NOW + 190 * DAY)
    assert renewed.reminded is None


@pytest.mark.promise("C7.6")
def test_a_platform_that_was_never_tested_is_overdue_six_months_after_it_started() -> None:
    register = after(c.FollowTests(NOW))
    assert register.next_due_at == datetime(2030, 9, 1, 22, tzinfo=UTC)
    assert stages(register, 1, 160, 185) == ["month", "overdue"]
    assert register.is_overdue(NOW + 185 * DAY)


@pytest.mark.promise("C7.6")
def test_a_finding_is_due_by_its_severity_reminded_of_once_and_settled_once() -> None:
    register = after(TEST, FINDING)
    (found,) = register.findings.values()
    assert found.recorded.due_at == datetime(2030, 3, 31, 22, tzinfo=UTC)
    assert stages(register, 29, 31, 32) == ["finding"]
    assert len(list(register.findings_overdue(NOW + 31 * DAY))) == 1
    settle = c.SettleFinding("test-1", "f-1", "fixed", "s-1", NOW + 31 * DAY)
    settled = after(settle, state=register)
    assert not list(settled.findings_overdue(NOW + 31 * DAY))
    assert decide(settle, settled) == []
    assert stages(settled, 32) == []


@pytest.mark.promise("C7.6")
def test_what_cannot_be_is_refused_and_repeating_changes_nothing() -> None:
    tomorrow = replace(TEST, done_on=date(2030, 3, 2))
    with pytest.raises(PenetrationTestDateError):
        decide(tomorrow, Register())
    with pytest.raises(PenetrationTestNotFoundError):
        decide(FINDING, Register())
    before = c.RecordFinding("test-1", "f", "F", "session", "low", date(2030, 2, 1), "s-1", NOW)
    register = after(TEST, FINDING)
    with pytest.raises(PenetrationTestDateError):
        decide(before, register)
    with pytest.raises(FindingNotFoundError):
        decide(c.SettleFinding("test-2", "f-1", "fixed", "s-1", NOW), register)
    assert decide(TEST, register) == decide(FINDING, register) == []


@pytest.mark.promise("C7.6")
def test_the_register_has_no_place_for_personal_data() -> None:
    for event in (
        e.PenetrationTestWasRecorded,
        e.FindingWasRecorded,
        e.FindingWasSettled,
        e.PenetrationTestWasReminded,
        e.FindingWasReminded,
    ):
        assert not personal_fields(event)
