"""A missing, contradictory or impossible anchor is an alarm: never "never", never 1970."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.retention.adapters.clock_store import in_state
from services.retention.domain.clocks.agenda import ALARM_PATIENCE, agenda, next_at
from services.retention.domain.clocks.anchors import ANCHORS, PLAUSIBLE, Lack, anchored
from services.retention.domain.clocks.clock import Clock, ClockState
from services.retention.domain.clocks.compute import clocks_of, deciding
from services.retention.domain.life.fold import fold
from services.retention.domain.life.life import Life
from tests.property.retention.lives import stories
from tests.unit.retention.given import RULES, Story, on

WRONG = [
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(1999, 12, 31, 23, 59, tzinfo=UTC),
    datetime(2200, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
    datetime.max.replace(tzinfo=UTC),
]
NOW = on("2030-01-01")


def complete() -> Story:
    """Return a life in which every kind of fact has its anchors."""
    story = Story().registers("2026-01-01").confirms("2026-01-02").signs_in("2026-01-03")
    story.enrols("2026-01-04", "2026-12-31").answers("2026-01-05").is_certified("2026-02-01")
    story.is_invoiced("2026-01-06", "2026-12-31").leaves_traces("2026-01-07")
    story.asks_support("2026-01-08").is_resolved("2026-01-09").is_recorded("2026-01-10")
    return story


def alarmed(life: Life, now: datetime = NOW) -> set[str]:
    return {c.rule_id for c in clocks_of(RULES, life) if c.state(now) is ClockState.ALARM}


@pytest.mark.promise("C2.11")
@settings(max_examples=150, deadline=None)
@given(stories(), st.sampled_from(WRONG), st.integers(0, 30), st.integers(0, 5000))
def test_an_impossible_date_is_never_reckoned_with(
    story: Story, wrong: datetime, which: int, days: int
) -> None:
    happened = story.happened
    place = which % len(happened)
    spoilt = happened[place]
    life = Life(story.subject)
    for one in [*happened[:place], type(spoilt)(spoilt.event, wrong, 99), *happened[place + 1 :]]:
        fold(life, one)
    now = on("2024-01-01") + timedelta(days=days)
    first, last = PLAUSIBLE
    for clock in clocks_of(RULES, life):
        for instant in (clock.anchor, clock.due, clock.archive_from):
            assert instant is None or first <= instant < last + timedelta(days=366 * 11)
        # What has no end has a reason: it waits, or it is an alarm; nothing is kept for ever.
        assert clock.due is not None or clock.state(now) in {
            ClockState.ALARM,
            ClockState.WAITING,
            ClockState.HELD,
        }
    agenda(RULES, life, now)
    next_at(RULES, life, now)


@pytest.mark.promise("C2.11")
@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("name", sorted(ANCHORS))
def test_no_anchor_is_taken_from_outside_the_plausible(name: str, wrong: datetime) -> None:
    life = complete().life()
    for facts in (life.first, life.last):
        for fact in facts:
            facts[fact] = wrong
    life.status = {key: word._replace(at=wrong) for key, word in life.status.items()}
    things = {None: "-", "certification": "e1", "accounting_year_end": "F1", "invoice_issued": "F1"}
    found = anchored(name, life, things.get(name, "r1" if "resolution" in name else "rec1"))  # type: ignore[arg-type]
    assert isinstance(found, Lack)


@pytest.mark.promise("C2.11")
@pytest.mark.parametrize(
    ("story", "rule"),
    [
        (complete().enrols("2026-03-01", "2026-02-01", "e2"), "civil-identity"),
        (complete().enrols("2026-03-01", "9999-12-31", "e2"), "civil-identity"),
        (complete().enrols("2026-03-01", "2037-12-31", "e2"), "profile-of-a-too-long-contract"),
        (complete().enrols("2026-03-01", "0001-01-01", "e2"), "contact"),
        (complete().is_invoiced("2026-03-01", "2026-02-01", "F2"), "invoices"),
        (complete().is_invoiced("2026-03-01", "2029-12-31", "F2"), "invoices"),
        (complete().is_invoiced("2026-03-01", "9999-12-31", "F2"), "invoices"),
        (complete().is_certified("2025-12-31"), "learning-history"),
        (complete().is_resolved("2026-01-07"), "support"),
        (complete().is_recorded("2026-03-01", "rec2").releases("2026-02-01", "rec2"), "recordings"),
    ],
)
def test_an_end_before_its_beginning_or_too_far_is_an_alarm(story: Story, rule: str) -> None:
    rule = "civil-identity" if rule.startswith("profile-of") else rule
    assert rule in alarmed(story.life())
    assert agenda(RULES, story.life(), NOW).alarms


@pytest.mark.parametrize(
    ("story", "rule"),
    [
        (Story().registers("2026-01-01").enrols("2026-01-02", "2026-06-30").answers("2026-01-03"),
         "learning-history"),
        (Story().is_recorded("2035-01-01"), "recordings"),
        (Story().registers("2026-01-01").signs_in("2035-01-01"), "civil-identity"),
        (complete().leaves_traces("2035-05-01"), "technical-traces"),
    ],
)  # fmt: skip
@pytest.mark.promise("C2.11")
def test_a_missing_anchor_and_one_in_the_future_are_alarms_that_the_sweep_looks_at(
    story: Story, rule: str
) -> None:
    life = story.life()
    assert rule in alarmed(life)
    at = next_at(RULES, life, NOW)
    assert at is not None
    assert at <= NOW + ALARM_PATIENCE
    assert rule in {one.rule_id for one in agenda(RULES, life, NOW).alarms}


def test_a_contract_may_end_in_the_future_and_that_is_no_alarm() -> None:
    story = complete().enrols("2029-06-01", "2031-06-01", "e2").signs_in("2029-07-01")
    assert alarmed(story.life()) == set()


@pytest.mark.promise("C2.11")
def test_an_alarm_is_over_once_its_anchor_is_there_and_may_come_again() -> None:
    story = Story().registers("2026-01-01").confirms("2026-01-01")
    story.enrols("2026-01-02", "2026-06-30").answers("2026-01-03")
    now = on("2026-01-05")
    [raised] = agenda(RULES, story.life(), now).alarms
    assert raised.rule_id == "learning-history"
    story.is_alarmed("2026-01-05", raised.rule_id)
    assert agenda(RULES, story.life(), now).alarms == ()
    assert agenda(RULES, story.life(), now).settled == ()
    story.signs_in("2026-01-06")
    assert agenda(RULES, story.life(), now).settled == (raised,)
    assert next_at(RULES, story.life(), now) == now
    story.alarm_is_settled("2026-01-06", raised.rule_id)
    assert agenda(RULES, story.life(), now).settled == ()
    story.is_certified("2025-01-01")
    assert agenda(RULES, story.life(), now).alarms == (raised,)


@settings(max_examples=150, deadline=None)
@given(stories(), st.sampled_from([*WRONG, on("2026-06-01")]), st.integers(0, 5000))
def test_the_stored_clock_answers_to_its_state_and_to_no_other(
    story: Story, wrong: datetime, days: int
) -> None:
    life = story.life()
    life.merge_last("login", wrong)
    now = on("2024-01-01") + timedelta(days=days)
    for clock in clocks_of(RULES, life):
        document = _stored(clock)
        answering = [state for state in ClockState if _matches(in_state(state, now), document)]
        assert answering == [clock.state(now)], clock


def test_a_day_at_the_end_of_the_calendar_does_not_break_the_fold() -> None:
    story = complete().enrols("2026-03-01", date.max.isoformat(), "e2")
    assert deciding(clocks_of(RULES, story.life()))


def _stored(clock: Clock) -> dict[str, object]:
    fields = ("gone_at", "case_id", "hold_until", "acts_at", "due", "alarm", "impossible_until")
    return {name: getattr(clock, name) for name in fields}


def _matches(query: dict[str, object], document: dict[str, object]) -> bool:
    """Answer the few operators of `in_state` as the database does."""

    def one(name: str, wanted: object) -> bool:
        if name == "$and":
            return all(_matches(part, document) for part in wanted)  # type: ignore[attr-defined]
        if name == "$or":
            return any(_matches(part, document) for part in wanted)  # type: ignore[attr-defined]
        value = document[name]
        if not isinstance(wanted, dict):
            return value == wanted
        return all(
            value != operand
            if operator == "$ne"
            else value is not None and (value > operand if operator == "$gt" else value <= operand)
            for operator, operand in wanted.items()
        )

    return all(one(name, wanted) for name, wanted in query.items())
