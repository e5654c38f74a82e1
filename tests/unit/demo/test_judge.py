"""The judgement finds what is late, too early, or destroyed under a hold."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deploy.demo.oracle.judge import Judgement, Term, judge, longest_overrun
from deploy.demo.oracle.keys import KeyLife, key_lives
from deploy.demo.report.yearly import yearly
from shared.personal import Category

DAY = timedelta(days=1)
BORN = datetime(2025, 2, 1, 12, tzinfo=UTC)
DUE = datetime(2028, 2, 1, 12, tzinfo=UTC)
END = datetime(2030, 1, 1, tzinfo=UTC)


def judged(destroyed_at: datetime | None, term: Term, *, end: datetime = END) -> Judgement:
    key = KeyLife("s", Category.PROFILE, "-", BORN, destroyed_at, destroyed_at)
    (judgement,) = judge([key], lambda _: term, end=end, sweep=DAY)
    return judgement


@pytest.mark.promise("C2.11")
def test_destroyed_within_one_sweep_of_its_term_is_on_time() -> None:
    judgement = judged(DUE + timedelta(hours=9), Term(("C2.5",), DUE))
    assert judgement.fate == "on_time"
    assert judgement.late_seconds == 9 * 3600


@pytest.mark.promise("C2.11")
def test_destroyed_later_than_one_sweep_after_its_term_is_late() -> None:
    judgement = judged(DUE + timedelta(days=2), Term(("C2.5",), DUE))
    assert judgement.fate == "late"
    assert longest_overrun([judgement]) == 2 * 86_400


@pytest.mark.promise("C2.11")
def test_never_destroyed_is_late_by_all_the_time_since_its_term() -> None:
    judgement = judged(None, Term(("C2.5",), DUE))
    assert judgement.fate == "late"
    assert judgement.late_seconds == (END - DUE).total_seconds()


def test_a_term_that_runs_out_at_the_very_end_may_wait_for_the_next_sweep() -> None:
    assert judged(None, Term(("C2.5",), DUE), end=DUE + timedelta(hours=3)).fate == "running"


def test_no_term_means_running() -> None:
    assert judged(None, Term(("C2.5",), None)).fate == "running"


def test_destroyed_before_its_term_without_an_excuse_is_too_early() -> None:
    assert judged(DUE - DAY, Term(("C2.5",), DUE)).fate == "too_early"
    assert judged(DUE - DAY, Term(("C2.5",), None)).fate == "too_early"
    assert judged(DUE - DAY, Term(("C2.5",), DUE, excused=(DUE - 2 * DAY,))).fate == "on_time"


@pytest.mark.promise("C2.4", "C2.8")
def test_destroyed_before_the_legal_minimum_is_seen_even_with_an_excuse() -> None:
    assert judged(DUE - DAY, Term(("C2.4",), DUE, minimum=DUE, excused=(BORN,))).before_minimum
    assert not judged(DUE, Term(("C2.4",), DUE, minimum=DUE)).before_minimum


@pytest.mark.promise("C8.4")
def test_a_hold_moves_the_term_to_its_end_and_destruction_under_it_is_seen() -> None:
    term = Term(("C2.1",), DUE, held=((DUE - DAY, DUE + 100 * DAY),))
    kept = judged(DUE + 100 * DAY + timedelta(hours=2), term)
    assert (kept.fate, kept.late_seconds, kept.outlived_by_hold) == ("on_time", 7200, True)
    broken = judged(DUE + 3 * DAY, term)
    assert broken.under_hold
    assert judged(None, term, end=DUE + 50 * DAY).fate == "held"


def test_keys_are_counted_in_the_calendar_year_of_paris() -> None:
    new_year = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    keys = [
        KeyLife("s", Category.PROFILE, "-", BORN, new_year, None),
        KeyLife("t", Category.PROFILE, "-", BORN, None, None),
    ]
    counts = {y.year: y.categories[Category.PROFILE] for y in yearly(keys, 2025, 2027)}
    assert [(c.new, c.forgotten, c.held_at_end) for c in counts.values()] == [
        (2, 0, 2),
        (0, 0, 2),
        (0, 1, 1),
    ]


def test_a_tombstone_of_a_scope_that_never_held_anything_is_no_life() -> None:
    scope = {"subject": "s", "category": "profile", "object": "-"}
    documents: list[dict[str, Any]] = [
        {**scope, "_id": "a", "disabled_at": DUE, "destroyed_at": DUE, "created_at": None},
        {**scope, "_id": "b", "created_at": BORN},
    ]
    assert [life.created_at for life in key_lives(documents)] == [BORN]


@pytest.mark.parametrize("tombstone_first", [True, False])
def test_a_tombstone_counts_whatever_stands_among_the_keys(tombstone_first: bool) -> None:
    scope = {"_id": "a", "subject": "s", "category": "profile", "object": "-", "created_at": BORN}
    documents: list[dict[str, Any]] = [
        {**scope, "disabled_at": DUE, "destroyed_at": None},
        scope,
    ]
    (life,) = key_lives(documents if tombstone_first else documents[::-1])
    assert (life.gone_at, life.destroyed_at) == (DUE, None)


@pytest.mark.promise("C8.4", "C2.11")
@pytest.mark.parametrize(
    ("hours", "in_time"), [(0, False), (24, True), (40, True), (49, False), (None, False)]
)
def test_a_key_goes_when_its_delay_is_over_neither_before_nor_later(
    hours: int | None, in_time: bool
) -> None:
    destroyed = None if hours is None else DUE + timedelta(hours=hours)
    key = KeyLife("s", Category.PROFILE, "-", BORN, DUE, destroyed)
    term = Term(("C2.5",), DUE)
    (judgement,) = judge([key], lambda _: term, end=END, sweep=DAY, delay=DAY)
    assert judgement.fate == "on_time", "it was unreadable in time, whenever its key went"
    assert judgement.destroyed_in_time is in_time


@pytest.mark.promise("C8.4")
def test_a_key_still_in_its_delay_at_the_end_is_in_time() -> None:
    key = KeyLife("s", Category.PROFILE, "-", BORN, DUE, None)
    term = Term(("C2.5",), DUE)
    (judgement,) = judge([key], lambda _: term, end=DUE + DAY, sweep=DAY, delay=DAY)
    assert judgement.destroyed_in_time
