"""The register of penetration tests over HTTP: tests, findings, what is due (C7.6)."""

from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from services.retention.application.penetration_tests import PenetrationTests
from services.retention.domain.errors import (
    FindingNotFoundError,
    PenetrationTestDateError,
    PenetrationTestNotFoundError,
)
from services.retention.domain.penetration_test.commands import (
    RecordFinding,
    RecordTest,
    SettleFinding,
)
from services.retention.domain.penetration_test.state import Finding, Register
from shared.clock import Clock
from shared.event_store import Metadata
from shared.events.base import Identifier
from shared.http.auth import Caller
from shared.http.idempotency import Once
from shared.http.problems import NOT_FOUND, ProblemType
from shared.penetration_tests import Outcome, Scope, Severity, Weakness

Day = Annotated[date, Field(ge=date(2000, 1, 1), lt=date(2200, 1, 1))]

PENETRATION_TEST_PROBLEMS: Final[dict[type[Exception], ProblemType]] = {
    PenetrationTestNotFoundError: NOT_FOUND,
    FindingNotFoundError: NOT_FOUND,
    PenetrationTestDateError: ProblemType(
        "penetration-test-date",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "Un test enregistré est passé, et un constat se règle après son test.",
        "A recorded test is past, and a finding is settled after its test.",
    ),
}


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class TestBody(_Body):
    """A test that was done; codes, a day and file numbers alone."""

    done_on: Day
    firm: Identifier
    """The independent firm, by its name or business number; never a person."""
    report: Identifier
    """File number of its report."""
    scopes: Annotated[list[Scope], Field(min_length=1)]


class FindingBody(_Body):
    """A weakness that a test found."""

    reference: Identifier
    """Its number in the report."""
    weakness: Weakness
    severity: Severity
    due_on: Day | None = None
    """Last day to settle it; 7, 30, 90 or 180 days after the test, by severity, when absent."""


class SettlementBody(_Body):
    """How a finding was settled."""

    outcome: Outcome


def penetration_tests_router(tests: PenetrationTests, clock: Clock) -> APIRouter:
    """Return the routes of the register."""
    router = APIRouter(prefix="/penetration-tests", tags=["penetration tests"])

    @router.get("")
    async def register() -> dict[str, Any]:
        """Return every test with its findings, the latest first, and when the next one is due."""
        held, now = await tests.register(), clock.now()
        items = sorted(held.tests.values(), key=lambda one: one.done_on, reverse=True)
        return {
            "next_due_at": held.next_due_at,
            "overdue": held.is_overdue(now),
            "findings_overdue": sum(1 for _ in held.findings_overdue(now)),
            "items": [
                {
                    "test_id": one.test_id,
                    "done_on": one.done_on,
                    "firm": one.firm,
                    "report": one.report,
                    "scopes": one.scopes,
                    "findings": [
                        _shown(found, overdue=found.is_overdue(now))
                        for found in _of(held, one.test_id)
                    ],
                }
                for one in items
            ],
        }

    @router.post("", status_code=201)
    async def record(body: TestBody, who: Caller, once: Once) -> dict[str, str]:
        """Record a test; the next one is due six months after it."""
        test_id = once.first_id()
        command = RecordTest(
            test_id=test_id,
            done_on=body.done_on,
            firm=body.firm,
            report=body.report,
            scopes=tuple(body.scopes),
            by=who.subject,
            at=clock.now(),
        )
        await tests.act(command, Metadata.by(who, once))
        return {"test_id": test_id}

    @router.post("/{test_id}/findings", status_code=201)
    async def found(
        test_id: Identifier, body: FindingBody, who: Caller, once: Once
    ) -> dict[str, str]:
        """Record what a test found, with the day until which it is to be settled."""
        finding_id = once.first_id()
        command = RecordFinding(
            test_id=test_id,
            finding_id=finding_id,
            reference=body.reference,
            weakness=body.weakness,
            severity=body.severity,
            due_on=body.due_on,
            by=who.subject,
            at=clock.now(),
        )
        await tests.act(command, Metadata.by(who, once))
        return {"finding_id": finding_id}

    @router.post("/{test_id}/findings/{finding_id}/settlement", status_code=204)
    async def settle(
        test_id: Identifier,
        finding_id: Identifier,
        body: SettlementBody,
        who: Caller,
        once: Once,
    ) -> None:
        """Note that a finding is fixed, or its risk accepted."""
        command = SettleFinding(test_id, finding_id, body.outcome, who.subject, clock.now())
        await tests.act(command, Metadata.by(who, once))

    return router


def _of(held: Register, test_id: str) -> list[Finding]:
    found = [one for one in held.findings.values() if one.recorded.test_id == test_id]
    return sorted(found, key=lambda one: one.recorded.due_at)


def _shown(found: Finding, *, overdue: bool) -> dict[str, Any]:
    return {
        "finding_id": found.recorded.finding_id,
        "reference": found.recorded.reference,
        "weakness": found.recorded.weakness,
        "severity": found.recorded.severity,
        "due_at": found.recorded.due_at,
        "outcome": found.settled and found.settled.outcome,
        "settled_at": found.settled and found.settled.settled_at,
        "overdue": overdue,
    }
