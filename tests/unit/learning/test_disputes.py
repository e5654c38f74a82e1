"""Values that their person says are wrong: given, when, then (C8.2, GDPR art. 16, 18)."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from services.learning.application.history import EnrolmentHistory, PersonHistory
from services.learning.application.suggest import considered
from services.learning.domain import errors
from services.learning.domain.dispute import DECIDERS, Contested, require_decider
from services.learning.domain.enrolment import events as e
from services.learning.domain.enrolment.commands import (
    CloseEnrolmentDispute,
    DecideCertification,
    DisputeEnrolment,
    SettleEnrolmentDispute,
    StaffActor,
)
from services.learning.domain.invoice import commands as ic
from services.learning.domain.invoice import events as ie
from services.learning.domain.invoice.decide import decide as decide_invoice
from services.learning.domain.invoice.evolve import evolve as evolve_invoice
from services.learning.domain.invoice.state import InvoiceState
from shared.events.disputes import DISPUTED_FIELDS
from shared.http.auth import Role
from shared.personal import Personal
from tests.unit.learning.given import (
    LEARNER,
    MODULE,
    SOMEBODY_ELSE,
    START,
    TRAINER,
    Given,
    answer,
    completed,
    enrolled,
    right,
)

NOW = datetime(2030, 3, 9, 9, tzinfo=UTC)
FIRST = MODULE.exercises[0]
DPO = StaffActor(LEARNER.__class__("dpo-1"), "dpo")
SCORE = Contested("score", "event-1", 1, FIRST.id)
MARK = DisputeEnrolment(LEARNER, "dispute-1", SCORE, Personal("100"), Personal("Chiffré."), NOW)
ACCEPT = SettleEnrolmentDispute(
    "dispute-1", TRAINER, Personal("80 %"), None, archived=False, author=False
)
REFUSE = replace(ACCEPT, right=None, reason=Personal("La réponse est fausse."))


def answered() -> Given:
    return enrolled().when(answer(FIRST.id, right(FIRST)))


@pytest.mark.promise("C8.2")
def test_an_accepted_dispute_corrects_by_an_event_that_names_what_was_wrong() -> None:
    story = answered().when(MARK)
    story.then(e.EnrolmentDisputed)
    story.refuses(replace(MARK, dispute_id="dispute-2"), errors.AlreadyContestedError)
    done = story.when(ACCEPT)
    done.then(e.ScoreCorrected, e.EnrolmentDisputeSettled)
    assert (done.events[0].corrects, done.events[0].score.reveal()) == ("event-1", 80)
    assert done.state.scores[FIRST.id].reveal() == 80
    assert not done.state.contested
    done.refuses(ACCEPT, errors.DisputeNotFoundError)


@pytest.mark.promise("C8.2")
def test_what_an_older_answer_was_worth_does_not_become_the_latest_result() -> None:
    story = answered().when(answer(FIRST.id, right(FIRST))).when(MARK).when(ACCEPT)
    assert story.state.scores[FIRST.id].reveal() == 100


@pytest.mark.promise("C8.2")
def test_a_refusal_has_a_reason_and_changes_nothing() -> None:
    before = answered()
    refused = before.when(MARK).when(REFUSE)
    refused.then(e.EnrolmentDisputeSettled)
    assert refused.events[0].reason.reveal() == "La réponse est fausse."
    assert refused.state == before.state


@pytest.mark.parametrize("no_percent", ["", "101", "-3", "beaucoup", "8.5"])
def test_what_is_no_result_is_refused_and_the_dispute_stays(no_percent: str) -> None:
    story = answered().when(MARK)
    story.refuses(replace(ACCEPT, right=Personal(no_percent)), errors.CorrectionError)


@pytest.mark.promise("C8.2", "C8.3")
def test_a_restricted_value_serves_nothing_until_it_is_decided() -> None:
    restricted = replace(MARK, contested=replace(SCORE, restricted=True))

    def looked_at(story: Given) -> dict[str, object]:
        person = PersonHistory({"enrolment-1": EnrolmentHistory(story.state)})
        return dict(considered(person).scores)

    story = answered()
    assert looked_at(story) == {MODULE.id: {FIRST.id: 100}}
    assert looked_at(story.when(MARK)) == looked_at(story), "contested, not restricted"
    assert looked_at(story.when(restricted)) == {}
    whole = completed().when(restricted)
    grant = DecideCertification(TRAINER, "granted", None, START)
    whole.refuses(grant, errors.ContestedError)
    back = whole.when(CloseEnrolmentDispute("dispute-1", "withdrawn"))
    back.when(grant).then(e.CertificationGranted)


@pytest.mark.promise("C8.2")
def test_a_wrong_last_day_and_a_wrong_assessment_are_corrected_too() -> None:
    day = replace(MARK, contested=Contested("access_until", "enrolment-1"))
    by_dpo = replace(ACCEPT, by=DPO, right=Personal("2031-06-30"))
    story = answered().when(day)
    story.refuses(replace(by_dpo, by=TRAINER), errors.NotDeciderError)
    story.refuses(replace(by_dpo, right=Personal("demain")), errors.CorrectionError)
    story.refuses(replace(by_dpo, right=Personal("2029-01-01")), errors.AccessDateError)
    done = story.when(by_dpo)
    done.then(e.AccessCorrected, e.EnrolmentDisputeSettled)
    assert done.state.access_until == date(2031, 6, 30)
    comment = replace(MARK, contested=Contested("comment", "event-9"))
    said = answered().when(comment).when(replace(by_dpo, right=Personal("Très clair.")))
    said.then(e.CommentCorrected, e.EnrolmentDisputeSettled)


def test_only_ones_own_can_be_disputed_and_ending_twice_changes_nothing() -> None:
    answered().refuses(replace(MARK, learner_id=SOMEBODY_ELSE), errors.EnrolmentNotFoundError)
    over = answered().when(MARK).when(CloseEnrolmentDispute("dispute-1", "erased"))
    over.then(e.EnrolmentDisputeSettled)
    over.when(CloseEnrolmentDispute("dispute-1", "erased")).then()


@pytest.mark.promise("C4.2", "C8.2")
def test_who_decides_about_what() -> None:
    may = {(field, role): False for field in DISPUTED_FIELDS for role in Role}
    for field, role in may:
        try:
            require_decider(field, role, archived=False, author=False)
        except errors.NotDeciderError:
            continue
        may[field, role] = True
    assert {pair for pair, allowed in may.items() if allowed} == {
        ("score", Role.TRAINER),
        ("score", Role.DPO),
        ("comment", Role.TRAINER),
        ("comment", Role.DPO),
        ("access_until", Role.DPO),
        ("billing_name", Role.BILLING),
        ("billing_name", Role.DPO),
    }
    assert set(DECIDERS) == set(DISPUTED_FIELDS)
    for archived, author in ((True, False), (False, True)):
        with pytest.raises(errors.NotDeciderError):
            require_decider("comment", "trainer", archived=archived, author=author)
        require_decider("comment", "dpo", archived=archived, author=author)


@pytest.mark.promise("C8.2", "C4.2")
def test_the_recipient_of_an_invoice_is_corrected_by_billing_alone() -> None:
    nothing = Given(decide_invoice, evolve_invoice, InvoiceState())
    issued = nothing.when(
        ic.IssueInvoice(LEARNER, "F-1", "enrolment-1", Personal("Canari"), Personal(9000), START)
    )
    mark = ic.DisputeInvoice(
        LEARNER,
        "dispute-1",
        Contested("billing_name", "event-1"),
        Personal("Canari SARL"),
        Personal("Mon employeur paie."),
        NOW,
    )
    accept = ic.SettleInvoiceDispute(
        "dispute-1", "staff-2", "billing", Personal(" Canari SARL "), None
    )
    story = issued.when(mark)
    story.then(ie.InvoiceDisputed)
    story.refuses(mark, errors.AlreadyContestedError)
    story.refuses(replace(accept, role="trainer"), errors.NotDeciderError)
    story.refuses(replace(accept, right=Personal("  ")), errors.CorrectionError)
    done = story.when(accept)
    done.then(ie.RecipientCorrected, ie.InvoiceDisputeSettled)
    assert done.events[0].billing_name.reveal() == "Canari SARL"
    refused = story.when(replace(accept, right=None, reason=Personal("Non.")))
    refused.then(ie.InvoiceDisputeSettled)
    story.when(ic.CloseInvoiceDispute("dispute-1", "withdrawn")).then(ie.InvoiceDisputeSettled)
    issued.refuses(replace(mark, learner_id=SOMEBODY_ELSE), errors.InvoiceNotFoundError)
