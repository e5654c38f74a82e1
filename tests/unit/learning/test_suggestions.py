"""Suggestions follow rules that can be told, and stop at an objection before anything is read."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.learning.application.history import PersonHistory
from services.learning.application.suggest import compute_if_allowed
from services.learning.domain.suggestions import History, last_completed, suggest
from services.learning.entrypoints.wording import reason_of
from shared.choices import Verdict
from shared.personal import Personal
from tests.unit.learning.given import CATALOGUE, START, completed, enrolled


def history(
    taken: set[str] | None = None,
    completed: set[str] | None = None,
    scores: dict[str, dict[str, int]] | None = None,
) -> History:
    done = frozenset(completed or set())
    return History(frozenset(taken or set()) | done, done, scores or {})


def suggested(known: History) -> list[tuple[str, str]]:
    return [(one.module.id, one.rule) for one in suggest(CATALOGUE, known)]


@pytest.mark.promise("C3.1")
def test_somebody_new_is_shown_the_first_level() -> None:
    assert suggested(history()) == [
        ("budget-request", "first_steps"),
        ("defending-figures", "first_steps"),
    ]


@pytest.mark.promise("C3.1", "C5.1")
def test_a_completed_level_leads_to_the_next() -> None:
    assert suggested(history(completed={"budget-request"})) == [
        ("anchoring-and-concessions", "next_level"),
        ("negotiating-with-finance", "next_level"),
    ]


@pytest.mark.promise("C3.1", "C5.1")
def test_a_weak_competency_comes_first_with_the_figure_it_rests_on() -> None:
    known = history(completed={"budget-request"}, scores={"budget-request": {"full-cost": 40}})
    first = suggest(CATALOGUE, known)[0]
    assert (first.module.id, first.rule) == ("defending-figures", "weak_competency")
    assert "40 %" in reason_of(first, CATALOGUE, "fr")
    assert "Costing a need" in reason_of(first, CATALOGUE, "en")


@pytest.mark.promise("C5.1")
def test_a_next_module_follows_the_last_one_and_waits_while_another_is_under_way() -> None:
    first, running = completed().state, enrolled().state
    second = replace(first, enrolment_id="enrolment-2", active_at=START + timedelta(days=2))
    at = START + timedelta(days=9)
    assert last_completed([second, first], at) == second
    assert last_completed([first, running], at) is None
    assert last_completed([first, running], START + timedelta(days=900)) == first, "contract over"
    assert last_completed([replace(first, contribution=Personal("token"))], at) is None
    assert last_completed([], at) is None


@pytest.mark.promise("C5.1")
def test_every_suggestion_says_why_and_none_repeats_a_module_taken() -> None:
    ids = [module.id for module in CATALOGUE.modules]
    for count in range(len(ids) + 1):
        known = history(completed=set(ids[:count]))
        for one in suggest(CATALOGUE, known):
            assert one.module.id not in known.taken
            assert reason_of(one, CATALOGUE, "fr") != reason_of(one, CATALOGUE, "en")


@pytest.mark.promise("C8.3")
@pytest.mark.parametrize(("verdict", "status"), [("refused", "stopped"), ("unknown", "withheld")])
async def test_whoever_objects_or_may_object_has_their_history_not_even_read(
    verdict: Verdict, status: str
) -> None:
    async def read() -> PersonHistory:
        raise AssertionError("the history of somebody who objects was read")

    outcome = await compute_if_allowed(CATALOGUE, verdict, read)
    assert (outcome.status, outcome.items) == (status, ())
