"""Given what was published before, when a version is published, then this is what holds (C12)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.consent.adapters.policy_files import load_policies
from services.consent.application.policy_views import own_view, policy_view, register_view
from services.consent.domain.errors import (
    EffectTooEarlyError,
    PolicyReplacedError,
    UnknownPolicyError,
)
from services.consent.domain.policy.commands import PublishPolicy
from services.consent.domain.policy.comparison import compare, compared
from services.consent.domain.policy.decide import NOTICE, decide, earliest_effect, midnight
from services.consent.domain.policy.events import PolicyPublished
from services.consent.domain.policy.evolve import evolve
from services.consent.domain.policy.state import PolicyState
from services.consent.domain.policy.text import Policies, PolicyText
from services.consent.domain.purposes import Language, Text
from services.consent.domain.state import ConsentState

SHIPPED = load_policies()
FIRST = SHIPPED.founding
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
NEWS = Text(fr="Autre chose.", en="Something else.")
THREE = Policies(
    texts=(
        FIRST,
        FIRST.model_copy(update={"version": "2", "updated_on": None, "summary": NEWS}),
        FIRST.model_copy(update={"version": "3", "updated_on": None, "summary": NEWS}),
    )
)
NUMBERS = {1: 6, 2: 11, 3: 5, 4: 3, 5: 2, 6: 4, 7: 8, 8: 5, 9: 4, 10: 2, 11: 2, 12: 2, 13: 4}
PHRASES = st.lists(
    st.sampled_from(["gardées", "trois", "cinq", "ans", "après", "la", "fin", "du", "contrat"])
)


def when(
    given_: Sequence[PolicyPublished],
    version: str,
    *,
    substantial: bool,
    on: date | None = None,
    at: datetime = NOON,
) -> PolicyState:
    """Publish `version` after what was published; return the state then."""
    state = reduce(evolve, given_, PolicyState())
    command = PublishPolicy(version, substantial, on, "dpo-1", at, THREE)
    return reduce(evolve, decide(command, state), state)


@pytest.mark.promise("C12.1")
@given(at=st.datetimes(datetime(2025, 1, 1), datetime(2029, 1, 1)), early=st.integers(0, 60))  # noqa: DTZ001
def test_nobody_has_less_than_thirty_days_of_notice(at: datetime, early: int) -> None:
    at = at.replace(tzinfo=UTC)
    on = (at + timedelta(days=early)).date()
    earliest = earliest_effect(substantial=True, at=at, state=PolicyState())
    if on < earliest:
        with pytest.raises(EffectTooEarlyError):
            when([], "2", substantial=True, on=on, at=at)
    published = when([], "2", substantial=True, on=max(on, earliest), at=at).published[0]
    # Whoever is told within a day of the publication still has the whole notice.
    assert published.effective_at - (at + timedelta(days=1)) >= NOTICE
    assert midnight(earliest) - at < NOTICE + timedelta(days=2, hours=1)


@pytest.mark.promise("C12.1")
def test_without_a_day_it_takes_effect_as_early_as_may_be_at_midnight_in_france() -> None:
    (published,) = when([], "2", substantial=True).published
    assert published.effective_at == midnight(date(2026, 4, 4))


@pytest.mark.promise("C12.2")
def test_a_minor_change_holds_at_once_and_is_a_question_to_nobody() -> None:
    state = when([], "2", substantial=False)
    view = own_view(THREE, state, ConsentState(), NOON, "fr")
    assert state.published[0].effective_at == NOON
    assert (view.in_force.version, view.announced, view.is_coming) == ("2", None, False)
    with pytest.raises(EffectTooEarlyError):
        when([], "2", substantial=False, on=NOON.date() - timedelta(days=1))


@pytest.mark.promise("C12.2")
def test_the_day_of_the_last_update_is_that_of_the_version_in_force() -> None:
    state = when([], "2", substantial=True)
    effect = state.published[0].effective_at

    before = policy_view(THREE, state, effect - timedelta(microseconds=1), "en")
    after = policy_view(THREE, state, effect, "en")
    assert before.shown.updated_on == date(2025, 1, 12)
    assert before.coming is not None
    assert after.shown.updated_on == date(2026, 4, 4)
    assert after.coming is None


def test_a_version_is_published_once_and_never_after_one_that_replaces_it() -> None:
    third = when([], "3", substantial=False).published
    for version in ("1", "2", "3"):
        with pytest.raises(PolicyReplacedError):
            when(third, version, substantial=False, at=NOON + timedelta(days=1))
    with pytest.raises(UnknownPolicyError):
        when([], "4", substantial=False)


def test_a_later_version_never_takes_effect_before_one_that_it_replaces() -> None:
    second = when([], "2", substantial=True).published
    state = when(second, "3", substantial=False, at=NOON + timedelta(days=1))
    assert state.published[1].effective_at == state.published[0].effective_at
    in_force = state.in_force(second[0].effective_at)
    assert in_force is not None
    assert in_force.version == "3"


def test_what_is_only_ready_is_not_public() -> None:
    with pytest.raises(UnknownPolicyError):
        policy_view(THREE, PolicyState(), NOON, "fr", "2")
    ready = register_view(THREE, PolicyState(), NOON, "fr").ready
    assert [one.version for one in ready] == ["2", "3"]
    assert ready[0].earliest_if_substantial == date(2026, 4, 4)


@given(old=PHRASES, new=PHRASES)
def test_a_comparison_holds_both_texts(old: list[str], new: list[str]) -> None:
    pieces = compared(" ".join(old), " ".join(new))
    before = "".join(piece.text for piece in pieces if piece.change != "added")
    after = "".join(piece.text for piece in pieces if piece.change != "removed")
    assert before.split() == old
    assert after.split() == new
    assert (old == new) == all(piece.change == "same" for piece in pieces)


def test_a_comparison_is_readable_not_fragments() -> None:
    pieces = compared("vos données 2 ans après la fin", "vos données 3 mois après la clôture")
    assert [(piece.change, piece.text) for piece in pieces] == [
        ("same", "vos données"),
        ("removed", " 2 ans après la fin"),
        ("added", " 3 mois après la clôture"),
    ]


def test_statements_that_come_and_go_are_told_where_they_stand() -> None:
    section = FIRST.sections[0]
    points = (section.points[0], *section.points[2:])
    new = FIRST.model_copy(
        update={
            "sections": (section.model_copy(update={"points": points}), *FIRST.sections[2:]),
        }
    )
    introduction, first, second, *rest = compare(FIRST, new, "fr")
    assert not introduction.changed
    assert [point.change for point in first.points[:3]] == ["same", "removed", "same"]
    assert {point.change for point in second.points} == {"removed"}
    assert not any(one.changed for one in rest)


@pytest.mark.promise("C13.2", "C13.3")
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("text", SHIPPED.texts, ids=lambda text: text.version)
def test_every_promise_stands_in_every_version(text: PolicyText, language: Language) -> None:
    said = {point: words for part in text.parts(language) for point, words in part.points}
    assert sum(point.startswith("C") for point in said) == 58
    assert "CNIL" in said["C13.2"]
    assert ("tribunaux" if language == "fr" else "courts") in said["C13.3"]


def test_the_words_of_a_language_are_its_own_in_the_digest() -> None:
    assert len({text.digest(one) for text in SHIPPED.texts for one in ("fr", "en")}) == 2 * len(
        SHIPPED.texts
    )
