"""Verified only when every service has searched and nothing was found: the case's rules."""

from datetime import datetime, timedelta

import pytest

from services.retention.domain.erasure.commands import (
    AskVerification,
    CaseCommand,
    OrderServices,
    RecordDestruction,
    RecordDisabling,
    RecordSearch,
    RecordVerification,
)
from services.retention.domain.erasure.decide import LONGEST_WAIT, decide
from services.retention.domain.erasure.events import (
    ErasureVerified,
    OrderGiven,
    VerificationAsked,
    VerificationFailed,
)
from services.retention.domain.erasure.evolve import evolve
from services.retention.domain.erasure.state import Case, Stage, Step
from services.retention.domain.errors import CaseOrderError
from shared.events.erasure import Found, Searched
from tests.unit.retention.test_two_steps import AT, CONTACT, PATIENCE, case_after

SERVICES = ("identity", "learning")
LEAK = Found(place="mongodb:identity.people", how="plain", count=2)
VERIFY = RecordVerification((), PATIENCE, AT)
DESTROYED = (
    RecordDisabling(("d1", "d2"), timedelta(), AT),
    RecordDestruction(("x1", "x2"), AT),
)
ASKED = (*DESTROYED, AskVerification(SERVICES, PATIENCE, AT))


def told(service: str, *found: Found, round_: int = 1, at: datetime = AT) -> RecordSearch:
    return RecordSearch(service, round_, Searched(), found, at)


def disproved(*more: CaseCommand) -> Case:
    return case_after(*ASKED, told("identity", LEAK), told("learning"), VERIFY, *more)


@pytest.mark.promise("C8.4")
def test_destroyed_keys_are_not_yet_verified() -> None:
    assert case_after(*DESTROYED).next_step(AT) is Step.ASK_VERIFICATION
    for commands in (DESTROYED, ASKED, (*ASKED, told("identity"))):
        with pytest.raises(CaseOrderError):
            decide(VERIFY, case_after(*commands))


@pytest.mark.promise("C8.4")
def test_it_is_verified_when_every_service_found_nothing() -> None:
    case = case_after(*ASKED, told("identity"), told("learning"))
    assert case.next_step(AT) is Step.VERIFY
    assert [type(event) for event in decide(VERIFY, case)] == [ErasureVerified]


@pytest.mark.promise("C8.4")
def test_a_service_that_is_late_is_asked_again_and_nobody_has_to_search_twice() -> None:
    case = case_after(*ASKED, told("identity"))
    assert (case.next_step(AT), case.wakes_at) == (Step.WAIT, AT + PATIENCE)
    assert case.next_step(AT + PATIENCE) is Step.ASK_VERIFICATION_AGAIN
    (again,) = decide(AskVerification(SERVICES, PATIENCE, AT + PATIENCE), case)
    assert isinstance(again, VerificationAsked)
    assert again.round == 1
    assert evolve(case, again).unsearched == ("learning",)


@pytest.mark.promise("C8.4")
def test_something_found_fails_with_its_place_and_is_erased_and_searched_for_again() -> None:
    case = disproved()
    assert (case.stage, case.places) == (Stage.DISPROVED, ("mongodb:identity.people",))
    assert (case.undestroyed, case.next_step(AT)) == ((), Step.WAIT)
    assert case.next_step(AT + PATIENCE) is Step.REPEAT
    at = AT + PATIENCE
    commands = (OrderServices(PATIENCE, at), AskVerification(SERVICES, PATIENCE, at))
    case = disproved(*commands)
    assert (case.stage, case.round, case.unsearched) == (Stage.SEARCHING, 2, SERVICES)
    (ordered,) = decide(commands[0], disproved())
    assert isinstance(ordered, OrderGiven)
    assert ordered.attempt == 2


def test_what_was_found_in_an_earlier_round_counts_no_more() -> None:
    at = AT + PATIENCE
    case = disproved(OrderServices(PATIENCE, at), AskVerification(SERVICES, PATIENCE, at))
    assert decide(told("identity", LEAK), case) == []
    with pytest.raises(CaseOrderError):
        decide(told("identity", round_=3), case)


def test_the_wait_doubles_up_to_a_day() -> None:
    at, waits = AT, []
    commands: list[CaseCommand] = list(DESTROYED)
    for number in range(1, 9):
        commands += [
            AskVerification(SERVICES, PATIENCE, at),
            told("identity", LEAK, round_=number),
            told("learning", round_=number),
        ]
        (failed,) = decide(RecordVerification((), PATIENCE, at), case_after(*commands))
        assert isinstance(failed, VerificationFailed)
        waits.append(failed.deadline - at)
        commands.append(RecordVerification((), PATIENCE, at))
        at = failed.deadline
        commands.append(OrderServices(PATIENCE, at))
    assert waits[:3] == [PATIENCE, 2 * PATIENCE, 4 * PATIENCE]
    assert waits[-1] == LONGEST_WAIT


def test_a_scope_that_can_be_read_is_destroyed_again() -> None:
    case = case_after(
        *ASKED,
        told("identity"),
        told("learning"),
        RecordVerification((CONTACT,), PATIENCE, AT),
    )
    assert (case.stage, case.undestroyed) == (Stage.DISABLED, (CONTACT,))
