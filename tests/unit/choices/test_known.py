"""What a process knows of people's choices, how old that is, and what it then allows."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.learning.application.uses import KEEPING, REMINDERS, STATISTICS, SUGGESTIONS, USES
from services.notify.application.uses import MARKETING
from shared.choices import Choices, Use, token
from shared.choices.known import MAX_AGE_SECONDS
from shared.consuming.envelope import Envelope
from shared.events.base import PublicEvent, SubjectId
from shared.events.consent import (
    ConsentGranted,
    ConsentsEnded,
    ConsentWithdrawn,
    ObjectionLifted,
    ObjectionRaised,
    RestrictionLifted,
    RestrictionPlaced,
)
from shared.personal import Category

WHO = SubjectId("0190-learner")
GRANTED = ConsentGranted(
    learner_id=WHO,
    purpose="newsletter",
    text_version="newsletter-1",
    language="fr",
    channel="portal",
)
WITHDRAWN = ConsentWithdrawn(learner_id=WHO, purpose="newsletter", channel="unsubscribe_link")


def told(sequence: int, event: PublicEvent) -> Envelope:
    """Return `event` as it stands on the topic."""
    return Envelope(
        id=f"event-{sequence}",
        type=event.type_name(),
        version=1,
        source="consent",
        subject=WHO,
        stream=f"consents-{WHO}",
        sequence=sequence,
        time=datetime(2026, 11, 28, tzinfo=UTC),
        correlation_id="test",
        causation_id=None,
        traceparent=None,
        data=event,
        topic="consent.events",
        partition=0,
        offset=sequence,
    )


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The instant that processes see, to be moved."""
    instant = [1_000.0]
    monkeypatch.setattr("shared.choices.known.instant", lambda: instant[0])
    return instant


def known(at: list[float], *events: PublicEvent, **options: Any) -> Choices:
    choices = Choices(**options)
    for sequence, event in enumerate(events, 1):
        choices.hear(told(sequence, event))
    choices.confirm(at[0])
    return choices


NEWSLETTER = MARKETING["newsletter"]


@pytest.mark.promise("C9.2")
def test_what_rests_on_consent_is_refused_until_somebody_agrees(at: list[float]) -> None:
    assert known(at).verdict(WHO, NEWSLETTER) == "refused"
    assert known(at, GRANTED).verdict(WHO, NEWSLETTER) == "allowed"
    assert known(at, GRANTED).verdict(WHO, MARKETING["newsletter-figures"]) == "refused"
    assert known(at, GRANTED, WITHDRAWN).verdict(WHO, NEWSLETTER) == "refused"


@pytest.mark.promise("C9.2")
def test_knowledge_older_than_a_second_is_known_to_be_and_withholds_every_use(
    at: list[float],
) -> None:
    choices = known(at, GRANTED)
    at[0] += MAX_AGE_SECONDS
    assert (choices.is_current, choices.verdict(WHO, NEWSLETTER)) == (True, "allowed")
    at[0] += 0.01
    assert (choices.is_current, choices.verdict(WHO, NEWSLETTER)) == (False, "unknown")
    assert choices.verdict(WHO, SUGGESTIONS) == "unknown"
    choices.confirm(at[0])
    assert choices.verdict(WHO, NEWSLETTER) == "allowed"


def test_a_process_that_has_just_started_knows_that_it_knows_nothing() -> None:
    assert Choices().verdict(WHO, SUGGESTIONS) == "unknown"


def test_a_clock_that_runs_ahead_elsewhere_makes_nothing_younger(at: list[float]) -> None:
    choices = known(at, GRANTED)
    choices.confirm(at[0] + 3_600)
    at[0] += MAX_AGE_SECONDS + 0.1
    assert choices.verdict(WHO, NEWSLETTER) == "unknown"


@pytest.mark.promise("C9.2")
def test_what_is_told_again_brings_no_consent_back(at: list[float]) -> None:
    choices = known(at, GRANTED, WITHDRAWN)
    choices.hear(told(1, GRANTED))
    assert choices.verdict(WHO, NEWSLETTER) == "refused"


@pytest.mark.promise("C9.2")
def test_a_decision_that_cannot_be_read_may_be_a_withdrawal(at: list[float]) -> None:
    choices = known(at, GRANTED)
    choices.give_up()
    choices.confirm(at[0])
    assert choices.verdict(WHO, NEWSLETTER) == "unknown"


@pytest.mark.promise("C8.3")
@pytest.mark.parametrize(
    ("use", "purpose"),
    [(SUGGESTIONS, "suggestions"), (REMINDERS, "reminders"), (STATISTICS, "statistics")],
    ids=lambda one: getattr(one, "name", one),
)
def test_an_objection_stops_its_use_and_no_other_and_can_be_undone(
    at: list[float], use: Use, purpose: Any
) -> None:
    raised = ObjectionRaised(learner_id=WHO, purpose=purpose)
    lifted = ObjectionLifted(learner_id=WHO, purpose=purpose)
    objected = known(at, raised)
    stopped = [one.name for one in USES if objected.verdict(WHO, one) == "refused"]
    assert stopped == [use.name]
    assert known(at, raised, lifted).verdict(WHO, use) == "allowed"


@pytest.mark.promise("C8.3")
def test_restricting_the_history_stops_everything_that_uses_it(at: list[float]) -> None:
    placed = RestrictionPlaced(learner_id=WHO, category="learning_history")
    choices = known(at, placed)
    stopped = {one.name for one in USES if choices.verdict(WHO, one) == "refused"}
    assert stopped == {"suggestions", "reminders", "statistics", "teaching"}
    assert choices.restricts(WHO, Category.LEARNING_HISTORY)
    lifted = RestrictionLifted(learner_id=WHO, category="learning_history")
    assert not known(at, placed, lifted).restricts(WHO, Category.LEARNING_HISTORY)


@pytest.mark.promise("C8.4", "C8.3")
def test_with_the_account_consents_end_and_objections_stay(at: list[float]) -> None:
    raised = ObjectionRaised(learner_id=WHO, purpose="statistics")
    choices = known(at, GRANTED, raised, ConsentsEnded(learner_id=WHO))
    assert choices.verdict(WHO, NEWSLETTER) == "refused"
    assert choices.verdict(WHO, STATISTICS) == "refused"


def test_who_does_not_ask_for_consents_keeps_none(at: list[float]) -> None:
    assert len(known(at, GRANTED, consents=False)) == 0


@pytest.mark.promise("C2.10")
async def test_a_consent_given_a_moment_ago_is_waited_for(at: list[float]) -> None:
    choices = known(at)
    assert await choices.awaited(WHO, KEEPING, 0.01) == "refused"
    choices.hear(told(1, GRANTED.model_copy(update={"purpose": "recordings"})))
    assert await choices.awaited(WHO, KEEPING, 5) == "allowed"


def test_every_use_that_a_choice_stops_can_be_explained() -> None:
    assert all(use.title and use.stops for use in USES)
    assert token("objection", "suggestions") in SUGGESTIONS.stopped_by
