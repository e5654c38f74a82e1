"""Whatever is remembered or put off, what goes when and why is what the rules say, read plainly."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.simulation import forecast as simulation
from deploy.simulation.clockwork import Clockwork
from deploy.simulation.lives import BEGIN, InventedLife, invented_lives
from services.retention.domain.clocks.agenda import agenda, alarms
from services.retention.domain.clocks.anchors import ANCHORS, anchored
from services.retention.domain.clocks.compute import clocks_of, deciding, end_of
from services.retention.domain.clocks.conditions import CONDITIONS, OF_AN_OBJECT
from services.retention.domain.clocks.reading import Reading
from services.retention.domain.clocks.timing import timed
from services.retention.domain.life.fold import Happened, fold
from services.retention.domain.life.life import Life, Scope
from services.retention.domain.ruleset.model import RuleSet
from shared.events import retention
from shared.personal import Category
from tests.property.retention import plain
from tests.property.retention.lives import eventful
from tests.property.retention.rule_sets import COVERED, rule_set, rule_sets
from tests.unit.retention.given import RULES, WHO, Story

LOOKED_AT = timedelta(days=45)
LONG_ENOUGH = timedelta(days=365 * 20)
YEARS = 15
END = BEGIN.replace(year=BEGIN.year + YEARS)

Gone = list[tuple[datetime, Scope, str]]


def in_order(story: Story) -> list[Happened]:
    return sorted(story.happened, key=lambda one: (one.at, one.sequence))


def forgotten(scope: Scope, at: datetime) -> Happened:
    event = retention.KeyDestroyed(
        case_id="c", subject_id=WHO, category=scope.category, object=scope.object
    )
    return Happened(event, at)


def instants(happened: list[Happened]) -> list[datetime]:
    """Return when both look: often while things happen, then until the longest term is over."""
    first, last = happened[0].at, happened[-1].at
    often = [first + LOOKED_AT * n for n in range((last - first) // LOOKED_AT + 2)]
    seldom = [last + timedelta(days=1) + LONG_ENOUGH / 60 * n for n in range(60)]
    return sorted([*often, *seldom])


def by_the_rules(rules: RuleSet, happened: list[Happened]) -> tuple[Gone, int]:
    life, gone, left = Life(WHO), [], list(happened)
    for now in instants(happened):
        while left and left[0].at <= now:
            fold(life, left.pop(0))
        first = deciding(clocks_of(rules, life))
        for case in agenda(rules, life, now).cases:
            for scope in case.scopes:
                gone.append((now, scope, first[scope].rule_id))
                fold(life, forgotten(scope, now))
    return sorted(gone), len(alarms(life, clocks_of(rules, life), now))


def by_the_clockwork(rules: RuleSet, happened: list[Happened]) -> tuple[Gone, int]:
    clockwork, gone, left = Clockwork(rules, WHO), [], list(happened)
    for now in instants(happened):
        while left and left[0].at <= now:
            clockwork.take(left.pop(0))
        while (soonest := clockwork.soonest()) is not None and soonest <= now:
            for scope, end in clockwork.due(now):
                gone.append((now, scope, end.rule_id))
                clockwork.take(forgotten(scope, now))
    return sorted(gone), len(alarms(clockwork.life, clockwork.clocks(), now))


@pytest.mark.promise("C2.11")
@settings(max_examples=150, deadline=None)
@given(rule_sets, eventful())
def test_the_clocks_are_those_of_the_rules_read_plainly(rules: RuleSet, story: Story) -> None:
    life = story.life()
    clocks = clocks_of(rules, life)
    assert clocks == plain.clocks_of(rules, life)
    first = deciding(clocks)
    assert list(first.items()) == list(plain.deciding(clocks).items())
    reading = Reading(rules, life)
    ends = {scope: end_of(reading, scope) for scope in life.held}
    assert {scope: end for scope, end in ends.items() if end is not None} == {
        scope: (clock.acts_at, clock.rule_id) for scope, clock in first.items()
    }


@settings(max_examples=100, deadline=None)
@given(rule_sets, eventful())
def test_what_goes_when_and_by_which_rule_is_the_same(rules: RuleSet, story: Story) -> None:
    happened = in_order(story)
    assert by_the_clockwork(rules, happened) == by_the_rules(rules, happened)


@settings(max_examples=120, deadline=None)
@given(rule_sets, eventful())
def test_the_forecast_of_a_story_is_the_plain_one(rules: RuleSet, story: Story) -> None:
    life = InventedLife(WHO, tuple(in_order(story)))
    assert simulation.forecast(rules, [life], YEARS) == plain.forecast(rules, [life], END)


@pytest.mark.parametrize(("held_at", "goes"), [("10:40", 0), ("11:00", 0), ("11:30", 3)])
def test_a_sweep_between_two_facts_knows_the_first_alone(held_at: str, goes: int) -> None:
    story = Story().registers("2026-03-01").asks_for_erasure("2026-03-02T10:10")
    story.is_held(f"2026-03-02T{held_at}", "2050-01-01", *Category)
    life = InventedLife(WHO, tuple(story.happened))
    forecast = simulation.forecast(RULES, [life], YEARS)
    assert forecast == plain.forecast(RULES, [life], END)
    assert forecast.total == goes


def test_a_minimum_comes_nearer_when_another_anchor_comes_to_decide() -> None:
    """While the contract's end decides, the minimum runs from it; then from the last activity."""
    year = {"ends": [{"anchor": "last_activity", "after": "P1Y"}]}
    term = {**year, "not_before": [{"anchor": "contract_end", "after": "P0D"}]}
    rules = rule_set([({"term": term, "legal_minimum": "P1Y"}, list(COVERED), "always")])
    story = Story().registers("2026-02-01").enrols("2026-02-02", "2027-05-31")
    story.signs_in("2026-07-01").signs_in("2026-07-02T10:30")
    life = InventedLife(WHO, tuple(story.happened))
    forecast = simulation.forecast(rules, [life], YEARS)
    assert forecast == plain.forecast(rules, [life], END)
    assert forecast.peak[0] == datetime(2027, 7, 2, 11, tzinfo=UTC)


@settings(max_examples=30, deadline=None)
@given(rule_sets, st.integers(0, 10**6))
def test_the_forecast_of_an_invented_life_is_the_plain_one(rules: RuleSet, number: int) -> None:
    lives = list(invented_lives([number], YEARS, 7))
    assert simulation.forecast(rules, lives, YEARS) == plain.forecast(rules, lives, END)


@settings(max_examples=100, deadline=None)
@given(rule_sets, eventful(), st.randoms(use_true_random=False), st.integers(0, 10**7))
def test_what_moves_on_moves_no_anchor_back_and_no_end(
    rules: RuleSet, story: Story, rng: random.Random, minutes: int
) -> None:
    """What the clockwork puts off rests on this."""
    before, after = story.life(), story.life()
    for name in rng.sample(sorted(after.last), rng.randint(0, len(after.last))):
        after.last[name] += timedelta(minutes=minutes)
    for name in ANCHORS:
        assert not _sooner(anchored(name, after, "o1"), anchored(name, before, "o1")), name
    for timing in filter(lambda one: one.only_postponed, map(rules.timing, rules.rules)):
        assert not _sooner(timed(timing, after, "o1").due, timed(timing, before, "o1").due)


def _sooner(one: object, other: object) -> bool:
    """Whether `one` is another instant than `other`, and not a later one."""
    if isinstance(one, datetime) and isinstance(other, datetime):
        return one < other
    return one != other


@given(eventful())
def test_a_condition_that_does_not_look_at_objects_is_the_same_for_all(story: Story) -> None:
    life = story.life()
    for name, condition in CONDITIONS.items():
        if name not in OF_AN_OBJECT:
            assert len({condition(life, thing) for thing in ("-", "o1", "o2", "o3")}) == 1
