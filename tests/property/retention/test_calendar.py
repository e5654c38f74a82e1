"""Calendar terms: leap days, the 31st, the changes of the clocks."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.retention.domain.calendar import PARIS, Term, add_term, parse_term
from tests.property.retention import plain

instants = st.datetimes(
    min_value=datetime(1990, 1, 1),  # noqa: DTZ001 - a wall time
    max_value=datetime(2090, 1, 1),  # noqa: DTZ001 - same
    timezones=st.just(UTC),
)
terms = st.builds(
    lambda y, m, d: Term(f"P{y}Y{m}M{d}D", y, m, d),
    st.integers(0, 12),
    st.integers(0, 30),
    st.integers(0, 90),
)


def paris(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS, fold=fold).astimezone(UTC)


@pytest.mark.promise("C2.11")
@pytest.mark.parametrize(
    ("start", "term", "end"),
    [
        ("2024-02-29T10:00", "P1Y", "2025-02-28T10:00"),
        ("2024-02-29T10:00", "P4Y", "2028-02-29T10:00"),
        ("2026-08-31T10:00", "P6M", "2027-02-28T10:00"),
        ("2027-08-31T10:00", "P6M", "2028-02-29T10:00"),
        ("2026-01-31T10:00", "P1M", "2026-02-28T10:00"),
        ("2026-01-15T10:00", "P6M", "2026-07-15T10:00"),
        ("2026-03-28T02:30", "P1D", "2026-03-29T03:30"),
        ("2026-03-01T00:00", "P30D", "2026-03-31T00:00"),
    ],
)
def test_terms_end_at_the_same_wall_time_in_paris(start: str, term: str, end: str) -> None:
    assert add_term(paris(start), parse_term(term)) == paris(end)


def test_a_time_that_comes_twice_ends_at_its_second_coming() -> None:
    assert add_term(paris("2026-10-24T02:30"), parse_term("P1D")) == paris("2026-10-25T02:30", 1)


@given(instants, terms)
def test_a_term_never_ends_before_it_starts_and_never_early(start: datetime, term: Term) -> None:
    end = add_term(start, term)
    assert end >= start
    wall = end.astimezone(PARIS).replace(tzinfo=None)
    begun = start.astimezone(PARIS).replace(tzinfo=None)
    months = (wall.year - begun.year) * 12 + wall.month - begun.month
    if term.days == 0:
        assert months == term.years * 12 + term.months
        assert wall.day == begun.day or (wall + timedelta(days=1)).day == 1


def changes_of_the_clocks() -> list[datetime]:
    days = [datetime(2000, 1, 1, tzinfo=UTC) + timedelta(days=n) for n in range(40 * 365)]
    ahead = {day: day.astimezone(PARIS).utcoffset() for day in days}
    return [day for day in days[:-1] if ahead[day] != ahead[day + timedelta(days=1)]]


near_a_change = st.builds(
    lambda day, minutes: day + timedelta(minutes=minutes),
    st.sampled_from(changes_of_the_clocks()),
    st.integers(-2 * 24 * 60, 2 * 24 * 60),
)
whole_years = st.builds(
    lambda y, d: Term(f"P{y}Y{d}D", y, 0, d), st.integers(0, 6), st.integers(0, 3)
)


@settings(max_examples=500)
@given(instants | near_a_change, terms | whole_years)
def test_what_is_remembered_of_days_gives_the_same_as_the_plain_calendar(
    start: datetime, term: Term
) -> None:
    assert add_term(start, term) == plain.add_term(start, term)
    assert add_term(start.astimezone(PARIS), term) == plain.add_term(start, term)


@given(instants, st.integers(0, 400))
def test_days_are_calendar_days(start: datetime, days: int) -> None:
    end = add_term(start, Term(f"P{days}D", 0, 0, days))
    assert (end.astimezone(PARIS).date() - start.astimezone(PARIS).date()).days == days


@given(st.text(max_size=12))
def test_whatever_is_not_a_term_is_refused(text: str) -> None:
    try:
        term = parse_term(text)
    except ValueError:
        return
    assert min(term.years, term.months, term.days) >= 0


@pytest.mark.parametrize("text", ["P-3Y", "PT5H", "3 years", "P1.5Y", "", "P0.5D"])
def test_hours_fractions_and_negative_terms_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not|fractions"):
        parse_term(text)
