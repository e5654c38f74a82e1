"""Disabled at once, destroyed later: the case's rules, and what a life makes of it."""

from datetime import timedelta

import pytest

from services.retention.domain.clocks.clock import ClockState
from services.retention.domain.clocks.compute import clocks_of
from services.retention.domain.erasure.commands import (
    AskVerification,
    CaseCommand,
    OrderServices,
    PlanCase,
    RecordDestruction,
    RecordDisabling,
    RecordNotice,
    RecordVerification,
    WithholdScopes,
)
from services.retention.domain.erasure.decide import decide, decide_all
from services.retention.domain.erasure.events import (
    KeyWasDestroyed,
    KeyWasEnabled,
    ScopesWithheld,
)
from services.retention.domain.erasure.evolve import evolve
from services.retention.domain.erasure.state import Case, Stage, Step
from services.retention.domain.errors import CaseOrderError
from services.retention.domain.life.life import Scope
from services.retention.settings import LONGEST_DELAY_HOURS, RetentionSettings
from shared.events.base import SubjectId
from shared.events.erasure import KeyScope
from shared.personal import Category
from shared.settings import ConfigurationError, load_settings
from tests.unit.retention.given import RULES, Story, on

AT = on("2026-03-02")
DELAY = timedelta(hours=24)
PATIENCE = timedelta(hours=1)
CONTACT = KeyScope(category=Category.CONTACT)
NAME = KeyScope(category=Category.CIVIL_IDENTITY)
PLAN = PlanCase(
    case_id="c1",
    subject_id=SubjectId("s1"),
    scopes=(CONTACT, NAME),
    mode="deleted",
    reason="request",
    rules=(),
    rules_version="v1",
    participants=(),
    closes_account=True,
    due=AT,
    at=AT,
)


def case_after(*commands: CaseCommand) -> Case:
    state = Case()
    before = (PLAN, RecordNotice(announced=False, at=AT), OrderServices(PATIENCE, AT))
    for event in decide_all((*before, *commands), state):
        state = evolve(state, event)
    return state


DISABLED = RecordDisabling(("d1", "d2"), DELAY, AT)


@pytest.mark.promise("C8.4")
def test_a_disabled_case_waits_for_the_delay_and_says_until_when() -> None:
    case = case_after(DISABLED)
    assert (case.stage, case.wakes_at) == (Stage.DISABLED, AT + DELAY)
    assert case.next_step(AT + DELAY - timedelta(seconds=1)) is Step.WAIT
    assert case.next_step(AT + DELAY) is Step.DESTROY


@pytest.mark.promise("C8.4")
def test_nothing_is_destroyed_before_the_delay_is_over_or_without_being_disabled() -> None:
    early = RecordDestruction(("x1", "x2"), AT + DELAY - timedelta(seconds=1))
    with pytest.raises(CaseOrderError):
        decide(early, case_after(DISABLED))
    with pytest.raises(CaseOrderError):
        decide(RecordDestruction(("x1", "x2"), AT + DELAY), case_after())
    events = decide(RecordDestruction(("x1", "x2"), AT + DELAY), case_after(DISABLED))
    assert [type(event) for event in events] == [KeyWasDestroyed, KeyWasDestroyed]


def test_without_a_delay_both_steps_follow_each_other() -> None:
    case = case_after(RecordDisabling(("d1", "d2"), timedelta(), AT))
    assert case.next_step(AT) is Step.DESTROY


@pytest.mark.promise("C6.2")
def test_a_hold_in_between_enables_what_it_keeps_and_nothing_else() -> None:
    case = case_after(DISABLED)
    events = decide(WithholdScopes((CONTACT,), ("h1",), AT), case)
    enabled, withheld = events
    assert isinstance(enabled, KeyWasEnabled)
    assert enabled.scope == CONTACT
    assert isinstance(withheld, ScopesWithheld)
    for event in events:
        case = evolve(case, event)
    assert (case.stage, case.undestroyed, tuple(case.disabled)) == (
        Stage.DISABLED,
        (NAME,),
        (NAME,),
    )
    assert case.wakes_at == AT + DELAY


@pytest.mark.promise("C6.2")
def test_a_hold_over_everything_leaves_nothing_to_destroy() -> None:
    case = case_after(DISABLED, WithholdScopes((CONTACT, NAME), ("h1",), AT))
    assert (case.stage, case.disabled) == (Stage.DESTROYED, {})


@pytest.mark.promise("C6.2")
def test_a_hold_after_the_destruction_brings_nothing_back() -> None:
    case = case_after(DISABLED, RecordDestruction(("x1", "x2"), AT + DELAY))
    assert decide(WithholdScopes((CONTACT,), ("h1",), AT + DELAY), case) == []


def test_a_failed_verification_destroys_again_without_a_second_delay() -> None:
    at = AT + DELAY
    case = case_after(
        DISABLED,
        RecordDestruction(("x1", "x2"), at),
        AskVerification((), PATIENCE, at),
        RecordVerification((CONTACT,), PATIENCE, at),
    )
    assert (case.stage, case.undestroyed) == (Stage.DISABLED, (CONTACT,))
    assert case.next_step(at) is Step.WAIT
    assert case.next_step(at + PATIENCE) is Step.DESTROY


def test_a_case_of_before_there_was_a_delay_is_read_as_it_was() -> None:
    case = case_after()
    for scope in (CONTACT, NAME):
        destroyed = KeyWasDestroyed(
            case_id="c1", subject_id=SubjectId("s1"), scope=scope, ledger="x", destroyed_at=AT
        )
        case = evolve(case, destroyed)
    assert (case.stage, case.disabled_at) == (Stage.DESTROYED, None)


@pytest.mark.promise("C8.1", "C8.4")
def test_gone_begins_with_disabling_and_ends_with_a_hold() -> None:
    story = Story().registers("2026-01-05").confirms("2026-01-05")
    story.is_disabled("2026-02-01", Category.CONTACT, "2026-02-02")

    def contact(found: Story) -> tuple[object, ...]:
        clock = next(c for c in clocks_of(RULES, found.life()) if c.category == Category.CONTACT)
        return clock.state(on("2026-02-01")), clock.gone_at, clock.destroy_at, clock.destroyed_at

    planned = on("2026-02-02")
    assert contact(story) == (ClockState.DONE, on("2026-02-01"), planned, None)
    assert Scope(Category.CONTACT, "-") not in story.life().live()
    story.is_enabled("2026-02-01", Category.CONTACT)
    assert contact(story)[1:] == (None, None, None)
    assert Scope(Category.CONTACT, "-") in story.life().live()
    story.is_disabled("2026-02-05", Category.CONTACT, "2026-02-06", case="c2")
    story.loses_key("2026-02-06", Category.CONTACT, case="c2")
    assert contact(story)[1:] == (on("2026-02-05"), on("2026-02-06"), on("2026-02-06"))


@pytest.mark.parametrize("hours", ["-1", str(LONGEST_DELAY_HOURS + 1), "a day"])
def test_a_delay_that_the_law_does_not_allow_stops_the_start(
    hours: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARIONEXIQ_DESTRUCTION_DELAY_HOURS", hours)
    with pytest.raises(ConfigurationError, match=r"^CARIONEXIQ_DESTRUCTION_DELAY_HOURS: "):
        load_settings(RetentionSettings)
