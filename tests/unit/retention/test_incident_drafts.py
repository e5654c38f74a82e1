"""A draft that a rule opened: judged, or dismissed with nothing owed; its 72 hours run."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import reduce
from typing import Final

import pytest

from services.retention.domain.errors import DutiesLeftError, IncidentOverError, NotADraftError
from services.retention.domain.incident.commands import (
    IncidentCommand,
    JudgeDraft,
    OpenIncident,
    OrderDisclosure,
    RemindOfDeadline,
    TakeMeasures,
)
from services.retention.domain.incident.decide import decide
from services.retention.domain.incident.evolve import evolve
from services.retention.domain.incident.extent import Question, kept_in, shown
from services.retention.domain.incident.state import IncidentState
from services.retention.domain.life.life import Life, Scope
from shared.incidents import Suspicion
from shared.personal import WHOLE, Category
from tests.unit.retention.test_incident import BY, HOUR, MEASURED, NOON, opened

SUSPICION: Final = Suspicion(
    by_itself=True,
    natures=("confidentiality",),
    cause="read_without_need",
    categories=(Category.CONTACT,),
    since=NOON - HOUR,
    until=NOON,
    reader="staff-1",
)
DRAFT: Final = replace(opened(), by="system", draft=True, anomaly_id="a1", suspicion=SUSPICION)
A_BREACH: Final = JudgeDraft(True, BY, NOON)
NONE: Final = JudgeDraft(False, BY, NOON)


def after(commands: Sequence[IncidentCommand]) -> IncidentState:
    state = IncidentState()
    for command in commands:
        state = reduce(evolve, decide(command, state), state)
    return state


@pytest.mark.promise("C7.8")
def test_a_draft_has_to_be_judged_first_and_its_hours_run() -> None:
    state = after([DRAFT])
    assert state.duties[0] == "judge"
    assert state.owes_notification
    assert decide(RemindOfDeadline(NOON + timedelta(hours=67)), state)
    with pytest.raises(DutiesLeftError):
        decide(OrderDisclosure(2, 2, BY, NOON), after([DRAFT, MEASURED]))


@pytest.mark.promise("C7.8")
def test_a_confirmed_draft_is_an_incident_like_any() -> None:
    state = after([DRAFT, A_BREACH])
    assert state.duties == after([opened()]).duties
    assert decide(A_BREACH, state) == []
    with pytest.raises(NotADraftError):
        decide(NONE, state)


@pytest.mark.promise("C7.8")
def test_a_dismissed_draft_is_closed_and_owes_nothing() -> None:
    state = after([DRAFT, NONE])
    assert (state.closed_at, state.duties, state.dismissed) == (NOON, (), True)
    assert not state.owes_notification
    assert decide(NONE, state) == []
    with pytest.raises(IncidentOverError):
        decide(TakeMeasures(("access_closed",), BY, NOON), state)


def test_what_was_opened_by_hand_is_no_draft() -> None:
    with pytest.raises(NotADraftError):
        decide(NONE, after([opened()]))


@pytest.mark.promise("C7.8")
def test_an_extent_may_be_that_of_one_person() -> None:
    question = Question(
        categories=(Category.CONTACT,), since=NOON - HOUR, until=NOON, person="learner-1"
    )
    lives = [Life("learner-1"), Life("learner-2")]
    for life in lives:
        life.merge_held(Scope(Category.CONTACT, WHOLE), NOON - 3 * HOUR)
    assert [life.subject for life in lives if kept_in(life, question)] == ["learner-1"]
    readings = [
        {"subject_id": life.subject, "categories": ["contact"], "read_at": NOON} for life in lives
    ]
    assert [one.subject for one in shown(readings, question)] == ["learner-1"]


def test_opening_again_changes_nothing() -> None:
    assert decide(DRAFT, after([DRAFT])) == []
    assert isinstance(DRAFT, OpenIncident)
