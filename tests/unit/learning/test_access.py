"""Correcting the last day of a contract."""

from datetime import UTC, date, datetime

import pytest

from services.learning.domain.enrolment.commands import CorrectAccess
from services.learning.domain.enrolment.decide import decide
from services.learning.domain.enrolment.evolve import evolve
from services.learning.domain.enrolment.state import EnrolmentState
from services.learning.domain.errors import AccessDateError, EnrolmentNotFoundError
from shared.events.base import SubjectId

RUNNING = EnrolmentState(
    enrolment_id="e1",
    learner_id=SubjectId("learner-1"),
    module_id="m1",
    enrolled_at=datetime(2030, 3, 1, 9, tzinfo=UTC),
    access_until=date(2031, 3, 1),
)


@pytest.mark.promise("C2.1")
def test_a_corrected_last_day_counts_from_then_on() -> None:
    [event] = decide(CorrectAccess(date(2030, 9, 30)), RUNNING)
    state = evolve(RUNNING, event)
    assert state.access_until == date(2030, 9, 30)
    assert not state.is_running(datetime(2030, 10, 1, 12, tzinfo=UTC))
    assert decide(CorrectAccess(date(2030, 9, 30)), state) == []


@pytest.mark.parametrize("wrong", [date(2030, 3, 1), date(2029, 1, 1), date(2036, 1, 1), date.max])
def test_a_last_day_that_cannot_be_is_refused(wrong: date) -> None:
    with pytest.raises(AccessDateError):
        decide(CorrectAccess(wrong), RUNNING)


def test_nobodys_contract_is_corrected() -> None:
    with pytest.raises(EnrolmentNotFoundError):
        decide(CorrectAccess(date(2031, 1, 1)), EnrolmentState())
