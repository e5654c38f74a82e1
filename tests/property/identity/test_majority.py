"""Coming of age, for every birth date; and what is kept of the date."""

from datetime import UTC, date, datetime, time, timedelta
from typing import get_args

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from services.identity.domain.learner import commands as c
from services.identity.domain.learner.decide import decide
from services.identity.domain.learner.events import (
    LearnerEvent,
    MinorityEnded,
    MinorityEstablished,
)
from services.identity.domain.learner.evolve import evolve
from services.identity.domain.learner.state import NO_LEARNER
from services.identity.domain.majority import PARIS, block_ends, is_minor, majority_day
from services.retention.domain.calendar import add_term, parse_term
from shared.events.base import SubjectId
from shared.personal import Personal, personal_fields
from tests.unit.identity.given import Given, asks

BIRTHS = st.dates(date(1900, 1, 1), date(2199, 12, 31))
DAYS = st.dates(date(2000, 1, 1), date(2250, 1, 1))


def registration(birth_date: date, today: date) -> c.RegisterLearner:
    return c.RegisterLearner(
        learner_id=SubjectId("learner-1"),
        first_name=Personal("Prénom"),
        last_name=Personal("Nom"),
        email=Personal("canari@canari.test"),
        telephone=None,
        language="fr",
        birth_date=Personal(birth_date),
        today=today,
        password_hash=Personal("hash"),
        confirmation_token=Personal("token"),
        at=datetime.combine(today, time(12), PARIS),
        minority_id="minority-1",
        guardian=asks(),
    )


@pytest.mark.promise("C11.1")
@given(BIRTHS)
@example(date(1982, 2, 28))
@example(date(1982, 12, 31))
def test_one_comes_of_age_on_the_eighteenth_birthday(birth: date) -> None:
    assume((birth.month, birth.day) != (2, 29))
    assert majority_day(birth) == date(birth.year + 18, birth.month, birth.day)


@pytest.mark.promise("C11.1")
@given(st.sampled_from([year for year in range(1904, 2200, 4) if year != 2100]))
def test_who_was_born_on_29_february_comes_of_age_on_1_march(year: int) -> None:
    birth = date(year, 2, 29)
    assert majority_day(birth) == date(year + 18, 3, 1)
    assert is_minor(birth, date(year + 18, 2, 28))
    assert not is_minor(birth, date(year + 18, 3, 1))


@pytest.mark.promise("C11.1")
@given(BIRTHS, DAYS)
def test_minority_ends_once_and_for_good(birth: date, today: date) -> None:
    assert is_minor(birth, today) == (today < majority_day(birth))
    if not is_minor(birth, today):
        assert not is_minor(birth, today + timedelta(days=1))


@pytest.mark.promise("C1.1")
@given(BIRTHS, DAYS)
def test_nothing_of_an_adults_birth_date_is_stored(birth: date, today: date) -> None:
    assume(not is_minor(birth, today))
    for event in decide(registration(birth, today), NO_LEARNER):
        for name in personal_fields(type(event)):
            value: Personal[str] | None = getattr(event, name)
            kept = "" if value is None else value.text()
            assert birth.isoformat() not in kept
            assert majority_day(birth).isoformat() not in kept
        assert not isinstance(event, MinorityEstablished)


@pytest.mark.promise("C1.1", "C11.1")
@given(BIRTHS, DAYS)
def test_of_a_minor_the_day_of_majority_alone_is_kept(birth: date, today: date) -> None:
    assume(is_minor(birth, today))
    requested = decide(registration(birth, today), NO_LEARNER)[3]
    assert isinstance(requested, MinorityEstablished)
    assert requested.adult_on == Personal(majority_day(birth).isoformat())


@pytest.mark.promise("C1.1")
def test_no_stored_event_has_a_field_for_a_birth_date() -> None:
    for event in get_args(LearnerEvent):
        assert not [name for name in event.model_fields if "birth" in name]


@pytest.mark.promise("C11.1")
@given(st.dates(date(2008, 1, 1), date(2099, 12, 31)), st.integers(0, 6), st.integers(-40, 40))
@example(date(2012, 2, 29), 0, 0)
@example(date(2012, 2, 29), 0, -1)
def test_control_passes_on_the_day_of_majority_and_not_before(
    birth: date, age: int, off: int
) -> None:
    """However late the deed is done, and however often: once, and never a day too early."""
    registered = birth + timedelta(days=365 * (age + 8))
    story = Given(decide, evolve, NO_LEARNER).when(registration(birth, registered))
    midnight = datetime.combine(majority_day(birth) + timedelta(days=off), time(), PARIS)
    agreed = story.when(
        c.GrantGuardianAgreement("agreement-2", Personal("revokes"), midnight.replace(year=2000))
    )
    followed = agreed.when(c.FollowMinority(midnight.date(), midnight))
    over = [event for event in followed.events if isinstance(event, MinorityEnded)]
    assert len(over) == (off >= 0)
    assert followed.state.minor is (off < 0)
    if off >= 0:
        assert followed.state.adult_on is None
        assert followed.when(c.FollowMinority(midnight.date(), midnight)).events == []


@pytest.mark.promise("C11.2")
@given(st.integers(0, 30 * 366 * 24 * 60))
def test_the_seven_days_are_those_of_the_retention_rule(minutes: int) -> None:
    at = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    assert block_ends(at) == add_term(at, parse_term("P7D"))
