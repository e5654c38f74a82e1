"""The same seed gives the same lives, and the lives are varied enough to prove something."""

from collections import Counter
from datetime import date

import pytest

from deploy.demo.lives import actions as a
from deploy.demo.lives.generate import ONE_OF_EACH, Cast, generate
from deploy.demo.lives.session_days import PARIS


def actions_of(cast: Cast) -> list[a.Action]:
    return [action for life in cast.lives for step in life.steps for action in step.actions]


def test_the_same_seed_gives_the_same_lives_and_canaries() -> None:
    first, second = generate(30, 6, 7), generate(30, 6, 7)
    assert first.lives == second.lives
    assert list(first.canaries) == list(second.canaries)
    assert first.instants == second.instants


def test_another_seed_gives_other_lives() -> None:
    assert generate(30, 6, 7).lives != generate(30, 6, 8).lives


def test_every_planted_value_is_unique_and_contained_in_no_other() -> None:
    cores = [core for canary in generate(60, 8, 3).canaries for core in canary.cores]
    assert len(cores) == len(set(cores))
    joined = "\n".join(cores)
    assert all(joined.count(core) == 1 for core in cores)


def test_planted_values_are_obviously_fake() -> None:
    registrations = [x for x in actions_of(generate(40, 6, 7)) if isinstance(x, a.Register)]
    assert registrations
    for registration in registrations:
        assert registration.email.endswith("@carnet.test")
        assert registration.telephone.startswith("+3363998")


def test_every_kind_of_life_occurs_once_there_are_enough_learners() -> None:
    kinds = Counter(life.kind for life in generate(100, 12, 7).lives)
    assert set(ONE_OF_EACH) | {"prospect", "converted"} == set(kinds)


@pytest.mark.parametrize("seed", range(5))
def test_a_hundred_lives_over_twelve_years_do_everything_the_policy_speaks_of(seed: int) -> None:
    done = Counter(type(action) for action in actions_of(generate(100, 12, seed)))
    for action in a.Action.__args__:
        assert done[action] > 0, action


def test_steps_lie_within_the_years_on_session_days_and_in_order() -> None:
    cast = generate(40, 5, 7)
    for life in cast.lives:
        keys = [(step.at, step.phase) for step in life.steps]
        assert keys == sorted(keys)
        assert all(at in set(cast.instants) and at < cast.end for at, _ in keys)


def test_session_days_include_awkward_ones() -> None:
    days = {instant.astimezone(PARIS).date() for instant in generate(1, 5, 7).instants}
    assert {date(2028, 2, 29), date(2026, 1, 31), date(2027, 3, 1)} <= days


def test_minors_are_under_age_and_name_a_guardian() -> None:
    for life in generate(100, 12, 7).lives:
        for step in life.steps:
            for action in step.actions:
                if isinstance(action, a.Register):
                    age = (step.at.date() - action.birth_date).days / 365.25
                    assert (age < 18) == life.kind.startswith("minor")
                    assert (action.guardian_email is not None) == life.kind.startswith("minor")
