"""Clocks over random lives: order of events, legal minimum, overrun, holds, previews."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.retention.domain.clocks.agenda import agenda, next_at
from services.retention.domain.clocks.clock import Clock, ClockState
from services.retention.domain.clocks.compute import clocks_of, deciding
from services.retention.domain.clocks.preview import preview
from services.retention.domain.clocks.reasoning import reasoning
from services.retention.domain.clocks.trial import changes_for
from services.retention.domain.life.fold import Happened, fold
from services.retention.domain.life.life import Life, Scope
from services.retention.domain.ruleset.model import RuleSet
from services.retention.domain.ruleset.parse import well_formed
from shared.events import retention
from shared.personal import Category
from tests.property.retention.lives import stories
from tests.unit.retention.given import POLICY, RULES, WHO, Story

SWEEP = timedelta(days=3)


def life_in_order(happened: list[Happened]) -> Life:
    life = Life(WHO)
    for one in happened:
        fold(life, one)
    return life


@given(stories(), st.randoms(use_true_random=False))
def test_order_and_repetition_of_events_are_harmless(story: Story, rng: random.Random) -> None:
    shuffled = [*story.happened, *rng.choices(story.happened, k=5)]
    rng.shuffle(shuffled)
    assert life_in_order(shuffled) == story.life()


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["c1", "c2"]),
        st.sampled_from([Category.CONTACT, Category.PROFILE]),
        st.sampled_from([retention.KeyDisabled, retention.KeyEnabled, retention.KeyDestroyed]),
    ),
    max_size=12,
)


@pytest.mark.promise("C8.4", "C6.2")
@given(ACTS, st.randoms(use_true_random=False))
def test_a_key_reads_as_its_cases_left_it_in_whatever_order_that_is_heard(
    acts: list[tuple[str, Category, type[retention.RetentionEvent]]], rng: random.Random
) -> None:
    begun = datetime(2026, 3, 2, tzinfo=UTC)
    last: dict[tuple[str, Category], type[retention.RetentionEvent]] = {}
    destroyed: set[Category] = set()
    happened = []
    for number, (case_id, category, act) in enumerate(acts, start=1):
        at = begun + timedelta(hours=number)
        fact: dict[str, object] = {
            "case_id": case_id,
            "subject_id": WHO,
            "category": category,
            "object": "-",
        }
        if act is retention.KeyDisabled:
            fact["destroy_at"] = at + timedelta(days=1)
        happened.append(Happened(act.model_validate(fact), at, number))
        if act is retention.KeyDestroyed:
            destroyed.add(category)
        else:
            last[case_id, category] = act
    heard = [*happened, *rng.choices(happened, k=5)] if happened else []
    rng.shuffle(heard)
    life = life_in_order(heard)
    assert life == life_in_order(happened)
    assert Life.from_document(WHO, life.to_document()) == life
    for category in (Category.CONTACT, Category.PROFILE):
        disabled = retention.KeyDisabled in (last.get((c, category)) for c in ("c1", "c2"))
        closed = disabled or category in destroyed
        assert (life.gone_at(Scope(category, "-")) is not None) == closed
        assert (life.destroy_at(Scope(category, "-")) is not None) == disabled


@given(stories())
def test_a_life_survives_its_document(story: Story) -> None:
    life = story.life()
    again = Life.from_document(WHO, life.to_document())
    assert again == life
    assert clocks_of(RULES, again) == clocks_of(RULES, life)


@pytest.mark.promise("C2.11")
@given(stories())
def test_everything_held_has_a_clock_and_no_clock_is_without_date_or_reason(story: Story) -> None:
    life = story.life()
    clocks = clocks_of(RULES, life)
    assert {Scope(c.category, c.object) for c in clocks} == set(life.held)
    for clock in clocks:
        waits = clock.state(clock.held_since) in {ClockState.WAITING, ClockState.HELD}
        assert clock.due is not None or clock.alarm or waits


def destructions(story: Story) -> Iterator[tuple[datetime, Clock, Life]]:
    """Run a sweep loop over the story until nothing is left to do; yield what it destroys."""
    happened = sorted(story.happened, key=lambda h: (h.at, h.sequence))
    life = Life(WHO)
    now = happened[0].at
    place = 0
    while True:
        while place < len(happened) and happened[place].at <= now:
            fold(life, happened[place])
            place += 1
        first = deciding(clocks_of(RULES, life))
        for case in agenda(RULES, life, now).cases:
            for scope in case.scopes:
                yield now, first[scope], life
                gone = retention.KeyDestroyed(
                    case_id="c", subject_id=WHO, category=scope.category, object=scope.object
                )
                fold(life, Happened(gone, now))
        for one in agenda(RULES, life, now).announcements:
            told = retention.DeletionAnnounced(subject_id=WHO, rule_id=one.rule_id, due=one.due)
            fold(life, Happened(told, now))
        coming = [at for at in (next_at(RULES, life, now),) if at is not None and at > now]
        if place < len(happened):
            coming.append(happened[place].at)
        first = deciding(clocks_of(RULES, life))
        coming += [c.acts_at for c in first.values() if c.acts_at and c.acts_at > now]
        if not coming:
            return
        # The sweep comes by at its own times only.
        steps = -(-(min(coming) - now) // SWEEP)
        now += max(1, steps) * SWEEP


@pytest.mark.promise("C2.4", "C2.8", "C2.11", "C6.2", "C8.4")
@settings(max_examples=60, deadline=None)
@given(stories())
def test_nothing_goes_before_the_legal_minimum_under_a_hold_or_later_than_a_sweep(
    story: Story,
) -> None:
    seen: set[Scope] = set()
    for now, clock, life in destructions(story):
        scope = Scope(clock.category, clock.object)
        assert scope not in seen, "destroyed twice"
        seen.add(scope)
        assert clock.due is not None
        assert clock.acts_at is not None
        assert now >= clock.due
        if clock.earliest is not None:
            assert now >= clock.earliest
        if clock.category is Category.PAYMENT:
            year_end = life.first[f"invoice/{clock.object}/year"]
            assert now.year >= year_end.year + 10
        assert not any(
            hold.is_active(now) and hold.covers(Scope(clock.category, clock.object))
            for hold in life.holds.values()
        )
        known_since = max(
            [clock.acts_at, *(h.at for h in story.happened if h.at <= now)], default=now
        )
        assert now - known_since <= SWEEP
    left = [c for c in story.clocks().values() if Scope(c.category, c.object) not in seen]
    assert all(c.alarm or c.due is None for c in left)


@pytest.mark.promise("C2.11")
@settings(max_examples=60, deadline=None)
@given(stories(), st.integers(0, 5000))
def test_a_sweep_does_what_the_preview_said(story: Story, days: int) -> None:
    until = story.happened[0].at + timedelta(days=days)
    life = story.life()
    said = {Scope(d.clock.category, d.clock.object) for d in preview(RULES, life, until)}
    cases = agenda(RULES, life, until).cases
    assert [s for case in cases for s in case.scopes] == list(
        dict.fromkeys(s for case in cases for s in case.scopes)
    )
    assert {s for case in cases for s in case.scopes} == said


@settings(max_examples=60, deadline=None)
@given(stories(), st.integers(0, 5000))
def test_the_agenda_is_empty_before_the_instant_it_names(story: Story, days: int) -> None:
    life = story.life()
    now = story.happened[0].at + timedelta(days=days)
    at = next_at(RULES, life, now)
    todo = agenda(RULES, life, now)
    busy = bool(todo.cases or todo.announcements or todo.archive)
    if at is None or now < at:
        assert not busy


@given(st.sampled_from(list(Category)))
def test_data_without_any_other_fact_is_an_alarm_or_waits(category: Category) -> None:
    life = Life(WHO)
    life.merge_held(Scope(category, "o1"), Story().registers("2026-01-01").happened[0].at)
    clocks = clocks_of(RULES, life)
    assert clocks
    assert all(clock.due is None for clock in clocks)
    states = {clock.rule_id: clock.state(clock.held_since) for clock in clocks}
    # Whether the question to a guardian is over is told by facts that may never come.
    assert states.pop("minority-over", ClockState.WAITING) is ClockState.WAITING
    assert set(states.values()) == {ClockState.ALARM}


@pytest.mark.promise("C2.11")
@given(stories())
def test_one_step_of_the_reasoning_decides_and_leads_to_the_end(story: Story) -> None:
    life = story.life()
    for clock in clocks_of(RULES, life):
        rule = RULES.rule(clock.rule_id)
        if rule is None:
            continue
        deciding = [step for step in reasoning(rule, life, clock) if step.decides]
        assert [step.at for step in deciding] == ([] if clock.due is None else [clock.due])


OTHERS = [
    well_formed(POLICY.read_text(encoding="utf-8").replace(old, new), "other.yaml")
    for old, new in (
        ("{anchor: last_login, after: P5Y}", "{anchor: last_login, after: P1Y}"),
        ("{anchor: last_activity, after: P3Y}", "{anchor: last_activity, after: P4Y}"),
        ("{anchor: final_resolution, after: P2Y}", "{anchor: final_resolution, after: P9M}"),
    )
]


@given(stories(), st.sampled_from(OTHERS), st.integers(0, 4_000))
def test_a_trial_tells_exactly_the_ends_that_another_rule_set_moves(
    story: Story, other: RuleSet, days: int
) -> None:
    life = story.life()
    now = min(one.at for one in story.happened) + timedelta(days=days)
    assert list(changes_for(life, RULES, RULES, now)) == []
    told = {one.scope: one for one in changes_for(life, RULES, other, now)}
    before, after = deciding(clocks_of(RULES, life)), deciding(clocks_of(other, life))
    for scope in life.held:
        was, will_be = before.get(scope), after.get(scope)
        moved = (was and was.acts_at) != (will_be and will_be.acts_at)
        assert not moved or scope in told
    back = {one.scope for one in changes_for(life, other, RULES, now)}
    assert back == told.keys()
