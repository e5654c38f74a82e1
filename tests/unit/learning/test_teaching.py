"""Who teaches whom, and when a speaker's session is (C4.2, C6.3)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.learning.domain import errors as e
from services.learning.domain.live_session import commands as live
from services.learning.domain.live_session import decide as live_rules
from services.learning.domain.live_session.events import (
    LiveSessionCancelled,
    LiveSessionPlanned,
    SpeakerAssigned,
    SpeakerWithdrawn,
)
from services.learning.domain.live_session.evolve import evolve as evolve_session
from services.learning.domain.live_session.state import LiveSession
from services.learning.domain.teaching import commands as c
from services.learning.domain.teaching.decide import decide
from services.learning.domain.teaching.events import TrainerAssigned, TrainerWithdrawn
from services.learning.domain.teaching.evolve import evolve
from services.learning.domain.teaching.state import Group, Teaching
from shared.events.base import SubjectId
from tests.unit.learning.given import START, Given

ANNA = SubjectId("anna")
WHOLE, SPRING = Group("budget-request"), Group("budget-request", "2030-Q1")
ASSIGN = c.AssignTrainer(ANNA, SPRING, "chief")


def nobody() -> Given:
    return Given(decide, evolve, Teaching())


@pytest.mark.promise("C4.2", "C4.3")
def test_a_trainer_teaches_what_is_assigned_until_it_is_taken_back() -> None:
    story = nobody().when(ASSIGN)
    story.then(TrainerAssigned)
    assert story.events[0].assigned_by == "chief"
    story.when(ASSIGN).then()
    story.refuses(c.WithdrawTrainer(WHOLE, "chief"), e.AssignmentNotFoundError)
    story = story.when(c.WithdrawTrainer(SPRING, "chief"))
    story.then(TrainerWithdrawn)
    assert story.state.groups == ()
    nobody().refuses(c.WithdrawTrainer(SPRING, "chief"), e.AssignmentNotFoundError)


@pytest.mark.promise("C4.2")
def test_who_leaves_teaches_nobody() -> None:
    story = nobody().when(ASSIGN).when(replace(ASSIGN, group=WHOLE)).when(c.EndTeaching("system"))
    story.then(TrainerWithdrawn, TrainerWithdrawn)
    assert not story.state.groups
    story.when(c.EndTeaching("system")).then()
    nobody().when(c.EndTeaching("system")).then()


@pytest.mark.promise("C4.2")
@pytest.mark.parametrize(
    ("module", "at", "whole", "spring"),
    [
        ("budget-request", START, True, True),
        ("budget-request", datetime(2029, 12, 31, 22, 59, tzinfo=UTC), True, False),
        ("budget-request", datetime(2029, 12, 31, 23, 0, tzinfo=UTC), True, True),
        ("defending-figures", START, False, False),
        ("budget-request", None, False, False),
    ],
)
def test_a_group_is_a_module_and_perhaps_a_quarter_of_paris(
    module: str, at: datetime | None, whole: bool, spring: bool
) -> None:
    assert WHOLE.covers(module, at) == whole
    assert SPRING.covers(module, at) == spring
    assert WHOLE.includes(SPRING)
    assert not SPRING.includes(WHOLE)


TEACHING = Teaching(ANNA, (SPRING,))
PLAN = live.PlanSession(
    "s-1",
    ANNA,
    TEACHING,
    SPRING,
    START + timedelta(days=1),
    START + timedelta(days=1, hours=2),
    START,
)


def no_session() -> Given:
    return Given(live_rules.decide, evolve_session, LiveSession())


@pytest.mark.promise("C6.3", "C4.2")
def test_a_session_is_planned_with_ones_own_group_at_possible_times() -> None:
    no_session().when(PLAN).then(LiveSessionPlanned)
    no_session().when(PLAN).when(PLAN).then()
    no_session().refuses(replace(PLAN, group=WHOLE), e.GroupNotTaughtError)
    no_session().refuses(replace(PLAN, teaching=Teaching()), e.GroupNotTaughtError)
    for ends_at in (PLAN.starts_at, PLAN.starts_at + timedelta(hours=9)):
        no_session().refuses(replace(PLAN, ends_at=ends_at), e.LiveSessionTimesError)
    no_session().refuses(replace(PLAN, at=PLAN.ends_at), e.LiveSessionTimesError)


@pytest.mark.promise("C6.3")
def test_a_speaker_comes_to_a_session_that_is_not_over() -> None:
    story = no_session().when(PLAN)
    assign = live.AssignSpeaker("speaker-1", "chief", START)
    story.refuses(replace(assign, at=PLAN.ends_at), e.LiveSessionOverError)
    no_session().refuses(assign, e.LiveSessionNotFoundError)
    story = story.when(assign)
    story.then(SpeakerAssigned)
    assert story.events[0].assigned_by == "chief"
    story.when(assign).then()
    story.when(live.WithdrawSpeaker("chief")).then(SpeakerWithdrawn)
    story.refuses(live.CancelSession("bruno", START), e.LiveSessionNotFoundError)
    story = story.when(live.CancelSession(ANNA, START))
    story.then(LiveSessionCancelled)
    story.when(live.CancelSession(ANNA, START)).then()
    story.refuses(assign, e.LiveSessionOverError)
