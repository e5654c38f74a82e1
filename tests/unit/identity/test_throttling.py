"""Delays grow, end, and are never a lock."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.identity.domain.throttling import (
    NOTHING,
    Attempts,
    Budget,
    after,
    delay,
    given_back,
    wait,
)

NOW = datetime(2030, 3, 1, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)
BUDGET = Budget(
    free=3, first_delay=SECOND, longest_delay=timedelta(minutes=5), memory=timedelta(hours=1)
)


def tried(times: int) -> Attempts | None:
    attempts: Attempts | None = None
    for _ in range(times):
        attempts = after(attempts, BUDGET, NOW)
    return attempts


def test_the_first_attempts_wait_for_nothing() -> None:
    assert [wait(tried(times), BUDGET, NOW) for times in range(3)] == [NOTHING] * 3


def test_a_replica_whose_clock_is_behind_neither_delays_free_attempts_nor_shortens_delays() -> None:
    behind = NOW - SECOND
    assert [wait(tried(times), BUDGET, behind) for times in range(3)] == [NOTHING] * 3
    assert after(tried(3), BUDGET, behind) == Attempts(4, NOW)


def test_each_further_attempt_waits_twice_as_long_up_to_the_longest() -> None:
    waits = [wait(tried(times), BUDGET, NOW) for times in range(3, 13)]
    assert waits[:4] == [SECOND, 2 * SECOND, 4 * SECOND, 8 * SECOND]
    assert waits[-1] == BUDGET.longest_delay
    assert delay(10**9, BUDGET) == BUDGET.longest_delay


def test_an_hour_later_all_is_forgotten() -> None:
    later = NOW + BUDGET.memory
    assert wait(tried(50), BUDGET, later) == NOTHING
    assert after(tried(50), BUDGET, later) == Attempts(1, later)


def test_a_rightful_attempt_is_given_back() -> None:
    many = tried(5)
    assert many is not None
    assert given_back(many) == Attempts(4, NOW)
    assert given_back(Attempts(1, NOW)) is None


@given(st.integers(0, 10_000), st.integers(0, 7_200))
def test_whatever_was_tried_one_may_try_again_within_the_longest_delay(
    count: int, seconds: int
) -> None:
    now = NOW + timedelta(seconds=seconds)
    known = Attempts(count, NOW) if count else None
    due = now + wait(known, BUDGET, now)
    assert due - now <= BUDGET.longest_delay
    assert wait(known, BUDGET, due) == NOTHING


@given(st.lists(st.integers(0, 600), max_size=60))
def test_no_pattern_of_attempts_gets_more_than_the_delays_allow(pauses: list[int]) -> None:
    now, known, made = NOW, None, 0
    for pause in pauses:
        now += timedelta(seconds=pause)
        if wait(known, BUDGET, now) == NOTHING:
            known, made = after(known, BUDGET, now), made + 1
    span = now - NOW
    if span < BUDGET.memory:
        spent = sum((delay(count, BUDGET) for count in range(made)), NOTHING)
        assert spent <= span
