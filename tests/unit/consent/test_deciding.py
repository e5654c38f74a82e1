"""Given what was decided before, when something is asked, then this is what happens."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from services.consent.domain.commands import (
    CloseConsents,
    ConsentCommand,
    GiveConsent,
    LiftObjection,
    LiftRestriction,
    PlaceRestriction,
    RaiseObjection,
    TakeComplaint,
    WithdrawConsent,
)
from services.consent.domain.decide import decide
from services.consent.domain.errors import AccountErasedError
from services.consent.domain.events import (
    ConsentEvent,
    ConsentGranted,
    ConsentsClosed,
    ConsentWithdrawn,
    ObjectionLifted,
    ObjectionRaised,
    RestrictionLifted,
    RestrictionPlaced,
    Shown,
)
from services.consent.domain.evolve import evolve
from services.consent.domain.state import ConsentState
from shared.events.base import SubjectId
from shared.events.consent import Purpose
from shared.personal import Personal

LEARNER = SubjectId("learner-1")
NOON = datetime(2025, 3, 3, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=9)
SHOWN = Shown(text_version="newsletter-1", language="fr")

GRANTED = ConsentGranted(
    learner_id=LEARNER, purpose="newsletter", shown=SHOWN, channel="portal", decided_at=NOON
)
WITHDRAWN = ConsentWithdrawn(
    learner_id=LEARNER, purpose="newsletter", shown=SHOWN, channel="portal", decided_at=NOON
)
AGREED_ANEW = GRANTED.model_copy(update={"decided_at": LATER + timedelta(days=1)})
RAISED = ObjectionRaised(
    learner_id=LEARNER, purpose="suggestions", shown=SHOWN, channel="portal", decided_at=NOON
)
LIFTED = ObjectionLifted(
    learner_id=LEARNER, purpose="suggestions", shown=SHOWN, channel="portal", decided_at=NOON
)
CLOSED = ConsentsClosed(learner_id=LEARNER, closed_at=NOON)


def given(*events: ConsentEvent) -> ConsentState:
    state = ConsentState()
    for event in events:
        state = evolve(state, event)
    return state


def give(
    purpose: Purpose = "newsletter", shown: Shown = SHOWN, at: datetime = LATER
) -> GiveConsent:
    return GiveConsent(LEARNER, purpose, shown, "portal", at)


def withdraw(purpose: Purpose = "newsletter") -> WithdrawConsent:
    return WithdrawConsent(LEARNER, purpose, SHOWN, "unsubscribe_link", LATER)


OBJECT = RaiseObjection(LEARNER, "suggestions", SHOWN, "portal", LATER)
LIFT = LiftObjection(LEARNER, "suggestions", SHOWN, "portal", LATER)


@pytest.mark.promise("C9.2")
@pytest.mark.parametrize("purpose", ["newsletter", "events", "surveys"])
def test_every_purpose_is_off_until_the_person_says_otherwise(purpose: Purpose) -> None:
    assert not given().granted(purpose)


@pytest.mark.promise("C9.2")
def test_granting_records_the_text_the_language_and_the_channel() -> None:
    shown = Shown(text_version="newsletter-1", language="en")

    assert decide(give(shown=shown), given()) == [
        ConsentGranted(
            learner_id=LEARNER,
            purpose="newsletter",
            shown=shown,
            channel="portal",
            decided_at=LATER,
        )
    ]


@pytest.mark.promise("C9.2")
def test_one_consent_never_brings_another() -> None:
    state = given(*decide(give("events"), given()))

    assert [p for p in ("newsletter", "events", "surveys") if state.granted(p)] == ["events"]


def test_granting_twice_is_no_new_fact() -> None:
    assert decide(give(), given(GRANTED)) == []


def test_agreeing_to_a_new_wording_is_a_new_fact() -> None:
    new = Shown(text_version="newsletter-2", language="fr")

    assert [type(e) for e in decide(give(shown=new), given(GRANTED))] == [ConsentGranted]


def test_granting_again_after_a_withdrawal_is_a_new_fact() -> None:
    assert [type(e) for e in decide(give(), given(GRANTED, WITHDRAWN))] == [ConsentGranted]


@pytest.mark.promise("C9.2")
def test_withdrawing_takes_one_command_and_records_how() -> None:
    (event,) = decide(withdraw(), given(GRANTED))

    assert isinstance(event, ConsentWithdrawn)
    assert (event.channel, event.decided_at) == ("unsubscribe_link", LATER)
    assert not given(GRANTED, event).granted("newsletter")


@pytest.mark.parametrize(
    "history", [(), (GRANTED, WITHDRAWN), (CLOSED,), (GRANTED, CLOSED)], ids=len
)
def test_withdrawing_what_is_not_granted_is_no_new_fact(history: Sequence[ConsentEvent]) -> None:
    assert decide(withdraw(), given(*history)) == []


@pytest.mark.promise("C8.3")
def test_an_objection_is_recorded_with_the_consequences_that_were_explained() -> None:
    (event,) = decide(OBJECT, given())

    assert isinstance(event, ObjectionRaised)
    assert event.shown == SHOWN
    assert given(event).objects_to("suggestions")


@pytest.mark.promise("C8.3")
def test_an_objection_touches_no_consent() -> None:
    assert given(GRANTED, RAISED).granted("newsletter")


def test_objecting_twice_is_no_new_fact() -> None:
    assert decide(OBJECT, given(RAISED)) == []


@pytest.mark.promise("C8.3")
def test_an_objection_can_be_lifted() -> None:
    (event,) = decide(LIFT, given(RAISED))

    assert isinstance(event, ObjectionLifted)
    assert not given(RAISED, event).objects_to("suggestions")


@pytest.mark.parametrize("history", [(), (RAISED, LIFTED)], ids=len)
def test_lifting_no_objection_is_no_new_fact(history: Sequence[ConsentEvent]) -> None:
    assert decide(LIFT, given(*history)) == []


@pytest.mark.promise("C8.4")
def test_the_erasure_of_the_account_ends_every_consent_once() -> None:
    close = CloseConsents(LEARNER, LATER)
    events = decide(close, given(GRANTED))

    assert events == [ConsentsClosed(learner_id=LEARNER, closed_at=LATER)]
    assert not given(GRANTED, *events).granted("newsletter")
    assert decide(close, given(GRANTED, *events)) == []


@pytest.mark.promise("C8.4")
@pytest.mark.parametrize("command", [give(), LIFT], ids=["give", "lift"])
def test_nothing_is_agreed_to_after_the_erasure(command: ConsentCommand) -> None:
    with pytest.raises(AccountErasedError):
        decide(command, given(GRANTED, RAISED, CLOSED))


RESTRICT = PlaceRestriction(
    LEARNER,
    "learning_history",
    SHOWN,
    "portal",
    LATER,
    place="confirmation",
    gesture="confirmed",
    explained=Personal("Trainers no longer read « Budget request »."),
)
LIFT_RESTRICTION = LiftRestriction(LEARNER, "learning_history", SHOWN, "portal", LATER)


@pytest.mark.promise("C8.3")
def test_a_restriction_keeps_what_was_explained_as_its_proof() -> None:
    (event,) = decide(RESTRICT, given())

    assert isinstance(event, RestrictionPlaced)
    assert (event.place, event.gesture, event.explained) == (
        "confirmation",
        "confirmed",
        RESTRICT.explained,
    )
    assert given(event).restricts("learning_history")
    assert not given(event).restricts("profile")


@pytest.mark.promise("C8.3")
def test_a_restriction_is_lifted_at_any_time_and_placed_once() -> None:
    placed = decide(RESTRICT, given())
    lifted = decide(LIFT_RESTRICTION, given(*placed))

    assert decide(RESTRICT, given(*placed)) == []
    assert [type(one) for one in lifted] == [RestrictionLifted]
    assert decide(LIFT_RESTRICTION, given(*placed, *lifted)) == []


def test_after_the_erasure_nothing_is_restricted_and_nothing_allowed() -> None:
    assert decide(RESTRICT, given(CLOSED)) == []
    with pytest.raises(AccountErasedError):
        decide(LIFT_RESTRICTION, given(CLOSED))


@pytest.mark.promise("C9.2")
def test_where_and_how_the_person_decided_is_part_of_the_proof() -> None:
    command = WithdrawConsent(
        LEARNER, "newsletter", SHOWN, "unsubscribe_link", LATER, "mail_program", "one_click"
    )
    (event,) = decide(command, given(GRANTED))
    assert isinstance(event, ConsentWithdrawn)
    assert (event.place, event.gesture) == ("mail_program", "one_click")


@pytest.mark.promise("C9.2")
def test_a_complaint_withdraws_the_consent_behind_the_message_with_proof() -> None:
    complaint = TakeComplaint(LEARNER, "newsletter", LATER)
    (event,) = decide(complaint, given(GRANTED))

    assert isinstance(event, ConsentWithdrawn)
    assert (event.channel, event.place, event.gesture) == ("complaint", "mail_program", "reported")
    assert (event.shown, event.decided_at) == (GRANTED.shown, LATER)
    assert not given(GRANTED, event).granted("newsletter")


@pytest.mark.parametrize(
    "history",
    [(), (GRANTED, WITHDRAWN), (GRANTED, CLOSED), (GRANTED, WITHDRAWN, AGREED_ANEW)],
    ids=["never", "withdrawn", "erased", "anew"],
)
def test_a_complaint_says_nothing_against_what_was_agreed_to_after_it(
    history: Sequence[ConsentEvent],
) -> None:
    assert decide(TakeComplaint(LEARNER, "newsletter", LATER), given(*history)) == []


def test_a_complaint_touches_no_other_consent() -> None:
    assert decide(TakeComplaint(LEARNER, "events", LATER), given(GRANTED)) == []
