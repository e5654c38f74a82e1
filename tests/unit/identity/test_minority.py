"""A minor's account on the virtual clock: agreement, discovery, coming of age (C11)."""

from datetime import date, datetime, timedelta

import pytest

from services.identity.domain.errors import (
    AccountClosedError,
    AdultError,
    BirthDateMissingError,
    GuardianLettersError,
    LinkSpentError,
    NotBlockedError,
    TooLateError,
)
from services.identity.domain.learner import commands as c
from services.identity.domain.learner import events as e
from services.identity.domain.learner.decide import decide
from services.identity.domain.learner.evolve import evolve
from services.identity.domain.learner.minority import LETTERS
from services.identity.domain.learner.state import NO_LEARNER, AccountState, AgreementState
from services.identity.domain.majority import PARIS
from shared.personal import Category, Personal, personal_fields
from tests.unit.identity.given import ADULT, LEARNER, MINOR, NOW, Given, asks, registration

END = NOW + timedelta(days=7)
NOBODY = Given(decide, evolve, NO_LEARNER)


def minor() -> Given:
    story = NOBODY.when(registration(MINOR, "parent@canari.test"))
    return story.when(c.ConfirmEmail())


def adult() -> Given:
    return NOBODY.when(registration()).when(c.ConfirmEmail())


def agrees(at: datetime = NOW, agreement: str = "agreement-1") -> c.GrantGuardianAgreement:
    return c.GrantGuardianAgreement(agreement, Personal("revokes"), at)


def follows(at: datetime) -> c.FollowMinority:
    return c.FollowMinority(at.astimezone(PARIS).date(), at)


def names(at: datetime, agreement: str = "agreement-2", born: date | None = None) -> c.NameGuardian:
    return c.NameGuardian(
        guardian=asks("autre@canari.test", agreement),
        birth_date=None if born is None else Personal(born),
        minority_id="minority-2",
        today=at.astimezone(PARIS).date(),
        at=at,
    )


def declares(born: date, at: datetime = NOW) -> c.DeclareMinority:
    today = at.astimezone(PARIS).date()
    return c.DeclareMinority(Personal(born), asks(), "minority-1", today, at)


@pytest.mark.promise("C11.1")
def test_the_guardian_may_agree_until_the_seven_days_end() -> None:
    story = minor()
    assert (story.state.agreement.state, story.state.blocked_until) == (AgreementState.ASKED, END)
    story.refuses(agrees(END), LinkSpentError)
    agreed = story.when(agrees(END - timedelta(seconds=1))).then(e.GuardianAgreed)
    assert agreed.state.agreement.state is AgreementState.AUTHORISED
    assert agreed.state.state is AccountState.OPEN
    agreed.when(agrees()).then()


@pytest.mark.promise("C11.1")
def test_a_refusal_leaves_the_block_and_its_end_and_the_link_serves_no_more() -> None:
    refusal = c.RefuseGuardianAgreement("agreement-1", NOW)
    story = minor().when(refusal).then(e.AgreementEnded)
    assert story.state.agreement.state is AgreementState.REFUSED
    assert (story.state.state, story.state.blocked_until) == (AccountState.BLOCKED, END)
    story.when(refusal).then()
    story.refuses(agrees(), LinkSpentError)


@pytest.mark.promise("C11.1", "C11.2")
def test_an_agreement_can_be_taken_back_and_blocks_at_once_for_seven_days() -> None:
    later = NOW + timedelta(days=400)
    revocation = c.RevokeGuardianAgreement("agreement-1", later)
    minor().refuses(revocation, LinkSpentError)
    story = minor().when(agrees()).when(revocation).then(e.AgreementEnded, e.AccountSuspended)
    assert story.state.agreement.state is AgreementState.REVOKED
    assert (story.state.blocked_until, story.state.block_cause) == (
        later + timedelta(days=7),
        "revoked",
    )
    story.when(revocation).then()
    again = story.when(names(later + timedelta(hours=1))).then(e.GuardianAsked)
    assert again.when(agrees(later + timedelta(hours=2), "agreement-2")).state.blocked is False


@pytest.mark.promise("C11.2")
def test_without_an_answer_the_question_expires_and_is_reminded_of_once() -> None:
    story = minor()
    story.when(follows(END - timedelta(days=2, seconds=1))).then()
    reminded = story.when(follows(END - timedelta(days=2))).then(e.GuardianAskedAgain)
    assert reminded.events[0].why == "reminder"
    reminded.when(follows(END - timedelta(hours=1))).then()
    expired = reminded.when(follows(END)).then(e.AgreementEnded)
    assert expired.state.agreement.state is AgreementState.EXPIRED
    expired.when(follows(END)).then()
    expired.refuses(names(END), TooLateError)


@pytest.mark.promise("C11.1")
def test_another_guardian_is_asked_and_the_first_link_serves_no_more() -> None:
    at = NOW + timedelta(days=6)
    story = minor().when(names(at)).then(e.AgreementEnded, e.GuardianAsked)
    assert story.events[0].how == "superseded"
    assert story.state.agreement.until == END, "asking anew puts nothing off"
    story.refuses(agrees(at), LinkSpentError)
    story.when(agrees(at, "agreement-2")).then(e.GuardianAgreed)
    story.when(follows(at)).then()


def test_guardians_are_not_flooded() -> None:
    story, at = minor(), NOW
    story.refuses(c.RepeatGuardianLetter(NOW + timedelta(minutes=9)), GuardianLettersError)
    for _ in range(LETTERS - 1):
        at += timedelta(minutes=10)
        story = story.when(c.RepeatGuardianLetter(at)).then(e.GuardianAskedAgain)
    at += timedelta(hours=5)
    story.refuses(c.RepeatGuardianLetter(at), GuardianLettersError)
    story.refuses(names(at), GuardianLettersError)
    refused = minor().when(c.RefuseGuardianAgreement("agreement-1", NOW))
    refused.refuses(c.RepeatGuardianLetter(at), NotBlockedError)
    minor().when(agrees()).refuses(names(at), NotBlockedError)


@pytest.mark.promise("C11.2")
def test_who_says_to_be_under_18_is_blocked_at_once_and_the_guardian_asked() -> None:
    story = adult().when(declares(MINOR))
    story.then(e.MinorityEstablished, e.AccountSuspended, e.GuardianAsked)
    assert (story.state.state, story.state.blocked_until) == (AccountState.BLOCKED, END)
    story.when(declares(MINOR)).then()
    adult().refuses(declares(ADULT), AdultError)


@pytest.mark.promise("C11.2")
def test_whom_staff_report_is_blocked_at_once_and_names_a_guardian() -> None:
    story = adult().when(c.ReportMinority("seen_in_session", "minority-1", NOW))
    story.then(e.MinorityEstablished, e.AccountSuspended)
    assert story.events[0].reason == "seen_in_session"
    assert (story.state.blocked_until, story.state.agreement) == (END, None)
    story.when(c.ReportMinority("document", "minority-3", NOW)).then()
    story.refuses(names(NOW), BirthDateMissingError)
    story.refuses(names(NOW, born=ADULT), AdultError)
    asked = story.when(names(NOW, born=MINOR)).then(e.MinorityEstablished, e.GuardianAsked)
    assert asked.state.adult_on == Personal("2033-05-17")
    assert asked.state.agreement.until == END


def test_a_report_that_was_wrong_is_taken_back_by_staff_alone() -> None:
    withdrawal = c.WithdrawReport("mistaken_person")
    story = (
        adult().when(c.ReportMinority("document", "minority-1", NOW)).when(names(NOW, born=MINOR))
    )
    back = story.when(withdrawal).then(e.AgreementEnded, e.MinorityEnded)
    assert back.state.state is AccountState.OPEN
    back.when(withdrawal).then()
    minor().refuses(withdrawal, NotBlockedError)
    again = back.when(c.ReportMinority("document", "minority-4", NOW))
    assert again.then(e.MinorityEstablished, e.AccountSuspended).state.minority_id == "minority-4"


@pytest.mark.promise("C11.1")
@pytest.mark.parametrize("agreed", [True, False])
def test_coming_of_age_passes_control_to_the_learner(agreed: bool) -> None:
    story = minor().when(agrees()) if agreed else minor()
    midnight = datetime(2033, 5, 17, tzinfo=PARIS)
    if agreed:
        story.when(follows(midnight - timedelta(seconds=1))).then()
    of_age = story.when(follows(midnight)).then(e.AgreementEnded, e.MinorityEnded)
    assert [event.how for event in of_age.events] == ["of_age", "of_age"]
    state = of_age.state
    assert (state.state, state.minor, state.adult_on) == (AccountState.OPEN, False, None)
    of_age.refuses(c.RevokeGuardianAgreement("agreement-1", midnight), LinkSpentError)
    of_age.when(follows(midnight)).then()


@pytest.mark.promise("C11.1", "C8.4")
def test_with_the_account_the_question_to_the_guardian_ends() -> None:
    closed = minor().when(agrees()).when(c.CloseAccount(reason="learner"))
    assert closed.then(e.AgreementEnded, e.Closed).events[0].how == "closed"
    closed.refuses(c.RevokeGuardianAgreement("agreement-1", NOW), AccountClosedError)
    closed.when(follows(datetime(2033, 5, 17, tzinfo=PARIS))).then(e.MinorityEnded)


@pytest.mark.promise("C11.1", "C2.11")
def test_each_question_has_a_key_of_its_own_apart_from_the_learners_data() -> None:
    for event in (e.GuardianAsked, e.GuardianAskedAgain, e.GuardianAgreed):
        for field in personal_fields(event).values():
            assert (field.category, field.object) == (Category.MINORITY, "agreement_id")


def test_a_question_of_the_first_release_is_read() -> None:
    old = {"learner_id": LEARNER, "guardian_email": "parent@canari.test", "token": "t"}
    event = e.GuardianAsked.model_validate(e.GuardianAsked.upcast(1, old))
    agreement = evolve(minor().state, event).agreement
    assert agreement is not None
    assert agreement.agreement_id == "first"
