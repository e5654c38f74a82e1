"""A learner's calendar is told each change of a live session once, in order, and nothing else."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.learning.domain import errors as e
from services.learning.domain.live_session import commands as live
from services.learning.domain.live_session import decide as live_rules
from services.learning.domain.live_session.events import LiveSessionMoved
from services.learning.domain.live_session.evolve import evolve as evolve_session
from services.learning.domain.live_session.state import LiveSession
from services.learning.domain.seat.commands import FollowSession, GiveUpSeat, TakeSeat
from services.learning.domain.seat.decide import decide
from services.learning.domain.seat.events import SeatEvent, SessionInvited, SessionUninvited
from services.learning.domain.seat.evolve import evolve
from services.learning.domain.seat.state import Seat
from tests.unit.learning.given import LEARNER, START, Given
from tests.unit.learning.test_teaching import ANNA, PLAN

TOMORROW = START + timedelta(days=1)
LATER = START + timedelta(days=2)
HOUR = timedelta(hours=1)
FOLLOW = FollowSession(
    learner_id=LEARNER,
    session_id="s-1",
    module_id="budget-request",
    starts_at=TOMORROW,
    ends_at=TOMORROW + HOUR,
    cancelled=False,
    taking_part=True,
    at=START,
)
MOVED = replace(FOLLOW, starts_at=LATER, ends_at=LATER + HOUR)
TAKE = TakeSeat(TOMORROW, TOMORROW + HOUR, START)


def no_seat() -> Given:
    return Given(decide, evolve, Seat())


def invited() -> Given:
    return no_seat().when(FOLLOW)


def test_a_seat_is_told_of_once_and_again_only_when_something_changes() -> None:
    story = invited()
    story.then(SessionInvited)
    assert (story.events[0].sequence, story.events[0].moved) == (0, False)
    story.when(FOLLOW).then()
    moved = story.when(MOVED)
    moved.then(SessionInvited)
    assert (moved.events[0].sequence, moved.events[0].moved) == (1, True)
    assert moved.events[0].starts_at == LATER
    moved.when(MOVED).then()


@pytest.mark.parametrize(
    ("off", "because"),
    [
        (replace(FOLLOW, cancelled=True), "cancelled"),
        (replace(FOLLOW, taking_part=False), "not_enrolled"),
    ],
)
def test_who_was_told_is_told_that_it_is_off_and_nobody_else(
    off: FollowSession, because: str
) -> None:
    no_seat().when(off).then()
    story = invited().when(off)
    story.then(SessionUninvited)
    assert (story.events[0].sequence, story.events[0].because) == (1, because)
    assert story.events[0].starts_at == TOMORROW
    story.when(off).then()


def test_who_gives_up_the_seat_is_not_told_of_moves_and_comes_back_to_the_time_by_then() -> None:
    story = invited().when(GiveUpSeat(START))
    story.then(SessionUninvited)
    story.when(GiveUpSeat(START)).then()
    story.when(MOVED).then()
    back = story.when(replace(TAKE, starts_at=LATER, ends_at=LATER + HOUR))
    back.then(SessionInvited)
    assert (back.events[0].sequence, back.events[0].starts_at) == (2, LATER)
    assert not back.events[0].moved
    back.when(TAKE).then()


def test_a_seat_that_nobody_has_can_be_neither_given_up_nor_taken() -> None:
    for command in (GiveUpSeat(START), TAKE):
        no_seat().refuses(command, e.SeatNotFoundError)
    off = invited().when(replace(FOLLOW, cancelled=True))
    for command in (GiveUpSeat(START), TAKE):
        off.refuses(command, e.SeatNotFoundError)


def test_what_is_over_is_told_to_nobody() -> None:
    over = TOMORROW + HOUR
    no_seat().when(replace(FOLLOW, at=over)).then()
    invited().when(replace(FOLLOW, at=over, taking_part=False)).then()
    invited().refuses(GiveUpSeat(over), e.LiveSessionOverError)
    given_up = invited().when(GiveUpSeat(START))
    given_up.refuses(replace(TAKE, at=over), e.LiveSessionOverError)


TIMES = st.integers(1, 4).map(lambda day: START + timedelta(days=day))
FOLLOWED = st.builds(
    lambda at, cancelled, part: replace(
        FOLLOW, starts_at=at, ends_at=at + HOUR, cancelled=cancelled, taking_part=part
    ),
    TIMES,
    st.sampled_from([False, False, False, True]),
    st.sampled_from([True, True, True, False]),
)
ACTS = FOLLOWED | st.just(GiveUpSeat(START)) | TIMES.map(lambda at: TakeSeat(at, at + HOUR, START))


@settings(max_examples=150)
@given(st.lists(ACTS, max_size=12))
def test_a_calendar_that_keeps_the_latest_sequence_shows_the_truth(acts: list[object]) -> None:
    state, told, shown = Seat(), list[SeatEvent](), None
    for act in acts:
        try:
            events = decide(act, state)  # type: ignore[arg-type]
        except (e.SeatNotFoundError, e.LiveSessionOverError):
            continue
        for event in events:
            told.append(event)
            state = evolve(state, event)
            before, shown = shown, event.starts_at if isinstance(event, SessionInvited) else None
            assert before != shown, "a mail that changes nothing"
        if isinstance(act, FollowSession):
            stays_away = act.cancelled or not act.taking_part or state.given_up
            assert shown == (None if stays_away else act.starts_at)
    assert [event.sequence for event in told] == list(range(len(told)))


def test_a_session_is_moved_by_its_trainer_to_possible_times() -> None:
    move = live.MoveSession(str(ANNA), LATER, LATER + HOUR, START)
    story = Given(live_rules.decide, evolve_session, LiveSession())
    story.refuses(move, e.LiveSessionNotFoundError)
    story = story.when(PLAN)
    story.refuses(replace(move, by="bruno"), e.LiveSessionNotFoundError)
    story.refuses(replace(move, ends_at=LATER), e.LiveSessionTimesError)
    story.refuses(replace(move, at=LATER + 2 * HOUR), e.LiveSessionOverError)
    story.when(replace(move, starts_at=PLAN.starts_at, ends_at=PLAN.ends_at)).then()
    moved = story.when(move)
    moved.then(LiveSessionMoved)
    assert (moved.state.starts_at, moved.state.moves) == (LATER, 1)
    cancelled = moved.when(live.CancelSession(ANNA, START))
    cancelled.refuses(move, e.LiveSessionOverError)
