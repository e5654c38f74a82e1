"""Folding the history of the register."""

from dataclasses import replace
from typing import assert_never

from services.retention.domain.penetration_test.events import (
    FindingWasRecorded,
    FindingWasReminded,
    FindingWasSettled,
    PenetrationTestWasRecorded,
    PenetrationTestWasReminded,
    TestEvent,
)
from services.retention.domain.penetration_test.state import Finding, Register


def evolve(state: Register, event: TestEvent) -> Register:
    """Return `state` after `event`; never raises on recorded history."""
    match event:
        case PenetrationTestWasRecorded():
            tests = {**state.tests, event.test_id: event}
            latest = max(one.next_due_at for one in tests.values())
            return replace(state, tests=tests, next_due_at=latest, reminded=None)
        case FindingWasRecorded():
            return replace(state, findings={**state.findings, event.finding_id: Finding(event)})
        case FindingWasSettled() | FindingWasReminded():
            known = state.findings.get(event.finding_id)
            if known is None:
                return state
            changed = (
                replace(known, settled=event)
                if isinstance(event, FindingWasSettled)
                else replace(known, reminded=True)
            )
            return replace(state, findings={**state.findings, event.finding_id: changed})
        case PenetrationTestWasReminded(stage=stage, due_at=due_at):
            return replace(state, next_due_at=due_at, reminded=stage)
        case _:
            assert_never(event)
