"""Cases that open by themselves, and the link that is sent again: given, when, then (C8)."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from services.gateway import labels
from services.identity.domain import errors
from services.identity.domain.rights_case import commands as c
from services.identity.domain.rights_case import events as e
from services.identity.domain.rights_case import terms
from services.identity.domain.rights_case.decide import decide
from services.identity.domain.rights_case.evolve import evolve
from services.identity.domain.rights_case.state import NO_CASE
from shared.events.consent import ObjectionPurpose, RestrictedCategory
from shared.events.rights_cases import RightsAct
from tests.unit.identity.given import LEARNER, Given

DONE_AT = datetime(2030, 3, 15, 9, tzinfo=UTC)
NOTHING = Given(decide, evolve, NO_CASE)
OBJECTED = c.RecordAct(LEARNER, "case-1", "objection", "suggestions", DONE_AT, done=True)
ERASING = c.RecordAct(LEARNER, "case-2", "erasure", "everything", DONE_AT, done=False)
BY_POST = c.OpenRightsCase(LEARNER, "case-3", "access", "post", DONE_AT)
WHOLE = (e.RightsCaseOpened, e.IdentityConfirmed, e.RightsCaseAcknowledged)


@pytest.mark.promise("C8.3")
def test_what_the_person_did_is_a_case_that_is_over_with_it_and_writes_to_nobody() -> None:
    story = NOTHING.when(OBJECTED).then(*WHOLE, e.RightsCaseClosed)
    assert (story.state.outcome, story.state.act) == ("granted", "suggestions")
    assert story.state.acknowledged, "the screen has told: no letter goes"
    assert story.events[-1].in_time
    story.when(OBJECTED).then()
    story.when(c.AcknowledgeRightsCase()).then()
    story.when(c.FollowRightsCase(DONE_AT + timedelta(days=90))).then()


@pytest.mark.promise("C8.3")
def test_an_undo_is_seen_once_and_leaves_the_case_as_it_ended() -> None:
    undone = NOTHING.when(OBJECTED).when(c.UndoAct()).then(e.RightsCaseUndone)
    assert undone.state.outcome == "granted"
    undone.when(c.UndoAct()).then()
    # What was asked of staff has no undo.
    NOTHING.when(BY_POST).when(c.UndoAct()).then()


@pytest.mark.promise("C8.4")
def test_an_erasure_is_open_with_its_term_until_it_is_certified_then_nobodys() -> None:
    story = NOTHING.when(ERASING).then(*WHOLE)
    assert not story.state.closed
    assert story.state.due_at == terms.due_at("erasure", DONE_AT)
    half = story.when(c.FollowRightsCase(DONE_AT + timedelta(days=16)))
    half.then(e.RightsCaseReminded)
    # Neither an answer of staff nor a withdrawal ends what runs elsewhere.
    for outcome in ("granted", "refused", "withdrawn"):
        story.refuses(c.CloseRightsCase(outcome, DONE_AT), errors.ActElsewhereError)
    done = story.when(c.SettleAct("granted", DONE_AT + timedelta(days=2)))
    assert done.then(e.RightsCaseClosed).events[0].in_time
    done.when(c.SettleAct("erased", DONE_AT)).then()
    gone = done.when(c.ForgetCase()).then(e.RightsCaseForgotten)
    gone.when(c.ForgetCase()).then()
    late = story.when(c.SettleAct("granted", DONE_AT + timedelta(days=40)))
    assert not late.events[0].in_time


def test_acts_of_nobody_are_refused() -> None:
    for command in (c.SettleAct("granted", DONE_AT), c.UndoAct(), c.ForgetCase()):
        NOTHING.refuses(command, errors.UnknownRightsCaseError)


@pytest.mark.promise("C13.4")
def test_the_link_is_sent_again_ten_minutes_apart_and_five_times_at_most() -> None:
    story, now = NOTHING.when(BY_POST), DONE_AT
    for _ in range(terms.CONFIRMATIONS_AT_MOST):
        story = story.when(c.SendConfirmationAgain(now)).then(e.ConfirmationSentAgain)
        early = now + terms.CONFIRMATION_WAITS - timedelta(seconds=1)
        story.refuses(c.SendConfirmationAgain(early), errors.ConfirmationSentLatelyError)
        now += terms.CONFIRMATION_WAITS
    story.refuses(c.SendConfirmationAgain(now), errors.ConfirmationSentLatelyError)
    shown = story.when(c.ConfirmIdentity("link"))
    shown.refuses(c.SendConfirmationAgain(now), errors.ConfirmationNotAwaitedError)
    closed = story.when(c.CloseRightsCase("unidentified", now))
    closed.refuses(c.SendConfirmationAgain(now), errors.RightsCaseClosedError)


def test_whatever_can_be_objected_to_or_restricted_is_an_act_with_a_name() -> None:
    acts = set(get_args(RightsAct))
    assert acts >= {*get_args(ObjectionPurpose), *get_args(RestrictedCategory)}
    assert acts == set(labels.RIGHTS_ACTS)
