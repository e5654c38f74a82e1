"""The rules of a minor's account: agreement, discovery, coming of age (C11.1, C11.2).

An account of a minor is blocked until a legal guardian agrees. The block has an end, after which
the retention service erases what there is; asking again, or somebody else, never moves that end.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final, assert_never

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
from services.identity.domain.learner.state import Agreement, AgreementState, Learner
from services.identity.domain.majority import block_ends, is_minor, majority_day
from shared.events.base import SubjectId
from shared.personal import Personal

LETTERS: Final = 5
"""Letters to guardians in one block, the reminder aside: nobody is to be flooded in our name."""
BETWEEN_LETTERS: Final = timedelta(minutes=10)
REMIND_BEFORE: Final = timedelta(days=2)
"""How long before the end the guardian is reminded."""

MinorityCommand = (
    c.DeclareMinority
    | c.ReportMinority
    | c.WithdrawReport
    | c.NameGuardian
    | c.RepeatGuardianLetter
    | c.GrantGuardianAgreement
    | c.RefuseGuardianAgreement
    | c.RevokeGuardianAgreement
    | c.FollowMinority
)


def decide(  # noqa: C901 - one case a command
    command: MinorityCommand, state: Learner
) -> Sequence[e.LearnerEvent]:
    """Return what `command` leads to; nothing where it is so already.

    Raises:
        LinkSpentError: the guardian's link was answered, superseded, or is too old.
        IdentityError: the account's state does not allow it.
    """
    if isinstance(command, c.FollowMinority):
        return _follow(command, state)
    if state.closed:
        raise AccountClosedError
    match command:
        case c.DeclareMinority():
            return _declare(command, state)
        case c.ReportMinority():
            return _report(command, state)
        case c.WithdrawReport():
            return _withdraw(command, state)
        case c.NameGuardian():
            return _name(command, state)
        case c.RepeatGuardianLetter(at):
            return _repeat(at, state)
        case c.GrantGuardianAgreement(agreement_id, revocation_token, at):
            if _in(state, agreement_id, AgreementState.AUTHORISED):
                return []
            asked = answerable(state, agreement_id, at)
            return [
                e.GuardianAgreed(
                    learner_id=state.learner_id,
                    agreement_id=agreement_id,
                    guardian_email=asked.guardian_email,
                    token=revocation_token,
                )
            ]
        case c.RefuseGuardianAgreement(agreement_id, at):
            if _in(state, agreement_id, AgreementState.REFUSED):
                return []
            answerable(state, agreement_id, at)
            return [_ended(state, agreement_id, "refused")]
        case c.RevokeGuardianAgreement(agreement_id, at):
            if _in(state, agreement_id, AgreementState.REVOKED):
                return []
            if not _in(state, agreement_id, AgreementState.AUTHORISED):
                raise LinkSpentError
            return [
                _ended(state, agreement_id, "revoked"),
                *_suspended(state, "revoked", at),
            ]
        case _:
            assert_never(command)


def answerable(state: Learner, agreement_id: str, at: datetime) -> Agreement:
    """Return the question that the guardian's link answers.

    Raises:
        LinkSpentError: it is answered, superseded or over.
    """
    agreement = state.agreement
    if agreement is None or not _in(state, agreement_id, AgreementState.ASKED):
        raise LinkSpentError
    if state.closed or at >= agreement.until:
        raise LinkSpentError
    return agreement


def registered(command: c.RegisterLearner, adult_on: date) -> Sequence[e.LearnerEvent]:
    """Return what a minor's registration leads to, beside the account itself."""
    until = block_ends(command.at)
    learner_id = command.learner_id
    events: list[e.LearnerEvent] = [
        e.MinorityEstablished(
            learner_id=learner_id,
            found="registration",
            minority_id=command.minority_id,
            adult_on=Personal(adult_on.isoformat()),
        ),
        e.AccountSuspended(learner_id=learner_id, cause="registration", until=until),
    ]
    if command.guardian is not None:
        events.append(_asked(learner_id, command.guardian, command.at, until))
    return events


def closing(state: Learner) -> Sequence[e.LearnerEvent]:
    """Return what ends with the account: nobody needs the guardian's data any more."""
    return _let_go(state, "closed")


def _declare(command: c.DeclareMinority, state: Learner) -> Sequence[e.LearnerEvent]:
    if state.minor:
        # Known already: from here on a guardian is named, and the day stays as it was told.
        return []
    adult_on = _adult_on(command.birth_date, command.today)
    established = e.MinorityEstablished(
        learner_id=state.learner_id,
        found="self_declared",
        minority_id=command.minority_id,
        adult_on=Personal(adult_on.isoformat()),
    )
    return [
        established,
        *_suspended(state, "self_declared", command.at),
        _asked(state.learner_id, command.guardian, command.at, block_ends(command.at)),
    ]


def _report(command: c.ReportMinority, state: Learner) -> Sequence[e.LearnerEvent]:
    if state.minor:
        return []
    established = e.MinorityEstablished(
        learner_id=state.learner_id,
        found="reported",
        reason=command.reason,
        minority_id=command.minority_id,
    )
    return [established, *_suspended(state, "reported", command.at)]


def _withdraw(command: c.WithdrawReport, state: Learner) -> Sequence[e.LearnerEvent]:
    if not state.minor:
        return []
    if not state.reported:
        raise NotBlockedError
    return [*_let_go(state, "withdrawn"), _over(state, "report_withdrawn", command.reason)]


def _name(command: c.NameGuardian, state: Learner) -> Sequence[e.LearnerEvent]:
    until = _still_blocked(state, command.at)
    _may_write(state, command.at)
    events: list[e.LearnerEvent] = []
    if state.adult_on is None:
        if command.birth_date is None:
            raise BirthDateMissingError
        adult_on = _adult_on(command.birth_date, command.today)
        events.append(
            e.MinorityEstablished(
                learner_id=state.learner_id,
                found="self_declared",
                minority_id=command.minority_id,
                adult_on=Personal(adult_on.isoformat()),
            )
        )
    question = _asked(state.learner_id, command.guardian, command.at, until)
    return [*events, *_let_go(state, "superseded"), question]


def _repeat(at: datetime, state: Learner) -> Sequence[e.LearnerEvent]:
    until = _still_blocked(state, at)
    agreement = state.agreement
    if agreement is None or agreement.state is not AgreementState.ASKED:
        raise NotBlockedError
    _may_write(state, at)
    return [_again(state, agreement, "asked_for", at, until)]


def _follow(command: c.FollowMinority, state: Learner) -> Sequence[e.LearnerEvent]:
    if not state.minor:
        return []
    if state.comes_of_age(command.today):
        return [*_let_go(state, "of_age"), _over(state, "of_age")]
    agreement = state.agreement
    if state.closed or agreement is None or agreement.state is not AgreementState.ASKED:
        return []
    if command.at >= agreement.until:
        return [_ended(state, agreement.agreement_id, "expired")]
    if agreement.is_reminder_due(command.at, REMIND_BEFORE):
        return [_again(state, agreement, "reminder", command.at, agreement.until)]
    return []


def _adult_on(birth_date: Personal[date], today: date) -> date:
    born = birth_date.reveal()
    if not isinstance(born, date) or not is_minor(born, today):
        raise AdultError
    return majority_day(born)


def _still_blocked(state: Learner, at: datetime) -> datetime:
    if not state.minor or not state.blocked or state.blocked_until is None:
        raise NotBlockedError
    if at >= state.blocked_until:
        raise TooLateError
    return state.blocked_until


def _may_write(state: Learner, at: datetime) -> None:
    latest = state.latest_letter
    too_soon = latest is not None and at < latest + BETWEEN_LETTERS
    if too_soon or state.letters >= LETTERS:
        raise GuardianLettersError


def _in(state: Learner, agreement_id: str, status: AgreementState) -> bool:
    agreement = state.agreement
    return (
        agreement is not None
        and agreement.agreement_id == agreement_id
        and agreement.state is status
    )


def _suspended(state: Learner, cause: e.BlockCause, at: datetime) -> Sequence[e.LearnerEvent]:
    if state.blocked:
        return []
    suspended = e.AccountSuspended(learner_id=state.learner_id, cause=cause, until=block_ends(at))
    return [suspended]


def _let_go(state: Learner, how: e.AgreementEnd) -> Sequence[e.LearnerEvent]:
    if state.agreement is None or not state.agreement.state.is_current:
        return []
    return [_ended(state, state.agreement.agreement_id, how)]


def _ended(state: Learner, agreement_id: str, how: e.AgreementEnd) -> e.AgreementEnded:
    return e.AgreementEnded(learner_id=state.learner_id, agreement_id=agreement_id, how=how)


def _over(
    state: Learner, how: e.MinorityEnd, reason: e.WithdrawalReason | None = None
) -> e.MinorityEnded:
    return e.MinorityEnded(
        learner_id=state.learner_id, minority_id=state.minority_id, how=how, reason=reason
    )


def _asked(
    learner_id: SubjectId, guardian: c.Guardian, at: datetime, until: datetime
) -> e.GuardianAsked:
    return e.GuardianAsked(
        learner_id=learner_id,
        agreement_id=guardian.agreement_id,
        guardian_email=guardian.email,
        guardian_name=guardian.name,
        token=guardian.token,
        asked_at=at,
        until=until,
    )


def _again(
    state: Learner, agreement: Agreement, why: e.LetterReason, at: datetime, until: datetime
) -> e.GuardianAskedAgain:
    return e.GuardianAskedAgain(
        learner_id=state.learner_id,
        agreement_id=agreement.agreement_id,
        guardian_email=agreement.guardian_email,
        guardian_name=agreement.guardian_name,
        token=agreement.token,
        why=why,
        asked_at=at,
        until=until,
    )
