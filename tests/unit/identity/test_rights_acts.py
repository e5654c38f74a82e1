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
from services.identity.domain.rights_case.recipients import HOW, recipients_of
from services.identity.domain.rights_case.state import NO_CASE
from shared.events.consent import ObjectionPurpose, RestrictedCategory
from shared.events.rights_cases import Recipient, RightsAct
from shared.personal import Category
from shared.processors.model import Flow, ProcessorTerms
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


@pytest.mark.promise("C8.2", "C6.1")
def test_each_recipient_of_what_changed_is_named_with_the_way_it_learns_of_it() -> None:
    terms = ProcessorTerms(
        organisation="Canari SAS",
        country="FR",
        flows=("mail_out",),
        categories=(Category.CONTACT,),
        contract="contract-1",
    )
    mail = ("mailer", terms)
    pay = ("payer", terms.model_copy(update={"flows": ("payment",), "categories": ("payment",)}))
    both = terms.model_copy(update={"flows": ("hosting", "backups")})

    def named(act: RightsAct | None, *, spoken: bool = False) -> dict[str, str]:
        found = recipients_of(act, [mail, pay, ("host", both)], spoken=spoken)
        return {one.recipient: one.how for one in found}

    assert named("email") == {"mailer": "each_time", "host": "next_copy"}
    assert named("disputed") == {"payer": "to_tell"}
    assert named("profile", spoken=True) == {"speakers": "seen_only"}
    assert named("email", spoken=True) == named("email"), "speakers see no address"
    assert set(named("everything", spoken=True)) == {"mailer", "payer", "host", "speakers"}
    assert named(None) == named("everything"), "staff may have done anything"
    assert set(HOW) == set(get_args(Flow))


@pytest.mark.promise("C8.2")
def test_who_is_to_be_told_is_told_once_and_nobody_else() -> None:
    recipients = (
        Recipient(recipient="payer", organisation="Canari SAS", how="to_tell"),
        Recipient(recipient="mailer", organisation="Canari SAS", how="each_time"),
    )
    story = NOTHING.when(OBJECTED).when(c.NameRecipients(recipients))
    story.then(e.RightsCaseRecipientsNamed)
    story.when(c.NameRecipients(())).then()
    told = story.when(c.TellRecipient("payer", "dpo-1")).then(e.RightsCaseRecipientTold)
    told.when(c.TellRecipient("payer", "dpo-1")).then()
    for other in ("mailer", "nobody"):
        story.refuses(c.TellRecipient(other, "dpo-1"), errors.UnknownRecipientError)
