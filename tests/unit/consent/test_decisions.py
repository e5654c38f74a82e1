"""Decisions: given events, when a command, then events."""

import pytest

from services.consent.adapters.purposes import load_purposes
from services.consent.domain import commands as c
from services.consent.domain import events as e
from services.consent.domain.decide import decide
from services.consent.domain.evolve import evolve
from services.consent.domain.state import NOTHING_DECIDED
from shared.events.base import SubjectId
from shared.unsubscribe import InvalidUnsubscribeLinkError, UnsubscribeLinks

LEARNER = SubjectId("learner-1")
GIVE = c.GiveConsent(LEARNER, "newsletter", "newsletter-2025-01", "fr", "portal")
GIVEN = e.ConsentGiven(
    learner_id=LEARNER,
    purpose="newsletter",
    text_version="newsletter-2025-01",
    language="fr",
    channel="portal",
)
WITHDRAW = c.WithdrawConsent(LEARNER, "newsletter", "unsubscribe_link")
WITHDRAWN = e.ConsentTakenBack(learner_id=LEARNER, purpose="newsletter", channel="unsubscribe_link")
OBJECTED = e.Objected(learner_id=LEARNER, purpose="suggestions")


def when(command: c.ConsentCommand, *given: e.ConsentDomainEvent) -> list[e.ConsentDomainEvent]:
    state = NOTHING_DECIDED
    for event in given:
        state = evolve(state, event)
    return list(decide(command, state))


@pytest.mark.promise("C9.2")
def test_nothing_is_agreed_to_by_default() -> None:
    assert not NOTHING_DECIDED.granted
    assert when(WITHDRAW) == []


@pytest.mark.promise("C9.2")
def test_an_agreement_keeps_the_text_that_was_shown() -> None:
    assert when(GIVE) == [GIVEN]


def test_agreeing_twice_is_no_new_fact() -> None:
    assert when(GIVE, GIVEN) == []


@pytest.mark.promise("C9.2")
def test_a_withdrawal_follows_an_agreement_and_can_be_followed_by_another() -> None:
    assert when(WITHDRAW, GIVEN) == [WITHDRAWN]
    assert when(WITHDRAW, GIVEN, WITHDRAWN) == []
    assert when(GIVE, GIVEN, WITHDRAWN) == [GIVEN]


def test_purposes_are_never_bundled() -> None:
    other = c.GiveConsent(LEARNER, "surveys", "surveys-2025-01", "fr", "portal")
    (event,) = when(other, GIVEN)
    assert isinstance(event, e.ConsentGiven)
    assert event.purpose == "surveys"


@pytest.mark.promise("C8.3")
def test_an_objection_can_be_raised_once_and_taken_back() -> None:
    raise_it, lift_it = (
        c.RaiseObjection(LEARNER, "suggestions"),
        c.LiftObjection(LEARNER, "suggestions"),
    )
    assert when(raise_it) == [OBJECTED]
    assert when(raise_it, OBJECTED) == []
    assert when(lift_it, OBJECTED) == [
        e.ObjectionTakenBack(learner_id=LEARNER, purpose="suggestions")
    ]
    assert when(lift_it) == []


@pytest.mark.promise("C8.3")
def test_every_purpose_has_its_text_and_every_objection_its_consequences() -> None:
    purposes = load_purposes()
    assert {shown.purpose for shown in purposes.consents} == {"newsletter", "events", "surveys"}
    assert all(shown.consequences.fr and shown.consequences.en for shown in purposes.objections)


def test_an_unsubscribe_token_is_ours_or_refused() -> None:
    links = UnsubscribeLinks("a secret for the tests alone")
    token = links.token(LEARNER, "newsletter")
    assert links.read(token) == (LEARNER, "newsletter")
    for wrong in (token[:-2], "", "a.b", UnsubscribeLinks("x" * 20).token(LEARNER, "surveys")):
        with pytest.raises(InvalidUnsubscribeLinkError):
            links.read(wrong)
