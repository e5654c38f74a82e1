"""The rules of a learner's account (C1.1, C1.2, C8.2, C11)."""

from collections.abc import Sequence
from datetime import date
from typing import assert_never

from services.identity.domain.errors import (
    AccountBlockedError,
    AccountClosedError,
    AccountUnconfirmedError,
    GuardianRequiredError,
    MergeRefusedError,
    UnknownAccountError,
    UnknownZoneError,
)
from services.identity.domain.learner import commands as c
from services.identity.domain.learner import credentials, minority
from services.identity.domain.learner import events as e
from services.identity.domain.learner.state import AccountState, Learner
from services.identity.domain.majority import is_minor, majority_day
from shared.personal import Personal
from shared.zones import HOME, is_zone


def decide(command: c.LearnerCommand, state: Learner) -> Sequence[e.LearnerEvent]:  # noqa: C901 - one case a command
    """Return what `command` leads to; nothing where it is so already.

    Raises:
        IdentityError: the account's state does not allow it.
    """
    if isinstance(command, c.RegisterLearner):
        return [] if state.requested else _register(command)
    if state.state is AccountState.ABSENT:
        raise UnknownAccountError
    learner_id = state.learner_id
    match command:
        case c.RequestConfirmation(token):
            if state.confirmed or state.closed:
                return []
            return [e.ConfirmationRequested(learner_id=learner_id, token=token)]
        case c.ConfirmEmail():
            _refuse_closed(state)
            return [] if state.confirmed else [e.AddressConfirmed(learner_id=learner_id)]
        case c.RecordSignIn():
            _require_known(state)
            return [e.SignedIn(learner_id=learner_id)]
        case c.RenewPasswordHash(password_hash):
            _require_known(state)
            return [e.PasswordSet(learner_id=learner_id, password_hash=password_hash)]
        case c.RecordSignOut(session_id, everywhere):
            if state.closed:
                return []
            return [
                e.SignedOut(learner_id=learner_id, session_id=session_id, everywhere=everywhere)
            ]
        case c.EndSessions(by):
            return [] if state.closed else [e.SessionsEnded(learner_id=learner_id, by=by)]
        case c.RectifyLearner():
            _refuse_closed(state)
            return _rectify(command, state)
        case c.ChooseZone(zone):
            _refuse_closed(state)
            return _choose_zone(state, zone)
        case c.DescribeProfile():
            _require_open(state)
            return _describe(command, state)
        case c.CloseAccount(reason):
            if state.closed:
                return []
            return [*minority.closing(state), e.Closed(learner_id=learner_id, reason=reason)]
        case c.MergeAccount():
            return _merge(command, state)
        case (
            c.RequestRecovery()
            | c.ResetPassword()
            | c.ChangePassword()
            | c.RequestEmailChange()
            | c.ConfirmEmailChange()
            | c.StopEmailChange()
            | c.CancelEmailChange()
            | c.DisownSignIn()
        ):
            return credentials.decide(command, state)
        case (
            c.DeclareMinority()
            | c.ReportMinority()
            | c.WithdrawReport()
            | c.NameGuardian()
            | c.RepeatGuardianLetter()
            | c.GrantGuardianAgreement()
            | c.RefuseGuardianAgreement()
            | c.RevokeGuardianAgreement()
            | c.FollowMinority()
        ):
            return minority.decide(command, state)
        case _:
            assert_never(command)


def _merge(command: c.MergeAccount, state: Learner) -> Sequence[e.LearnerEvent]:
    if state.merged_into == command.surviving_id:
        return []
    if state.merged_into or command.surviving_id == state.learner_id or not command.survivor_open:
        raise MergeRefusedError
    merged = e.Merged(learner_id=state.learner_id, surviving_id=command.surviving_id)
    if state.closed:
        return [merged]
    closed = e.Closed(learner_id=state.learner_id, reason="merged")
    return [merged, *minority.closing(state), closed]


def _register(command: c.RegisterLearner) -> Sequence[e.LearnerEvent]:
    birth_date = command.birth_date.reveal() if command.birth_date else None
    minor = isinstance(birth_date, date) and is_minor(birth_date, command.today)
    if minor and command.guardian is None:
        raise GuardianRequiredError
    learner_id = command.learner_id
    events: list[e.LearnerEvent] = [
        e.AccountRequested(
            learner_id=learner_id,
            first_name=command.first_name,
            last_name=command.last_name,
            email=command.email,
            telephone=command.telephone,
            language=command.language,
            minor=minor,
        ),
        e.PasswordSet(learner_id=learner_id, password_hash=command.password_hash),
        e.ConfirmationRequested(learner_id=learner_id, token=command.confirmation_token),
    ]
    if command.zone is not None and command.zone.text("") != HOME:
        events.append(e.ZoneChosen(learner_id=learner_id, zone=command.zone))
    if minor and isinstance(birth_date, date):
        events += minority.registered(command, majority_day(birth_date))
    return events


def _rectify(command: c.RectifyLearner, state: Learner) -> Sequence[e.LearnerEvent]:
    event = e.Rectified(
        learner_id=state.learner_id,
        first_name=_changed(command.first_name, state.first_name),
        last_name=_changed(command.last_name, state.last_name),
        telephone=_changed(command.telephone, state.telephone),
        language=command.language if command.language != state.language else None,
    )
    corrected = (event.first_name, event.last_name, event.telephone, event.language)
    return [event] if any(value is not None for value in corrected) else []


def _choose_zone(state: Learner, zone: Personal[str]) -> Sequence[e.LearnerEvent]:
    if not is_zone(zone.text("")):
        raise UnknownZoneError
    present = HOME if state.zone is None else state.zone.text("")
    chosen = e.ZoneChosen(learner_id=state.learner_id, zone=zone)
    return [] if zone.text("") == present else [chosen]


def _describe(command: c.DescribeProfile, state: Learner) -> Sequence[e.LearnerEvent]:
    event = e.ProfileTold(
        learner_id=state.learner_id,
        goals=_changed(command.goals, state.profile.get("goals")),
        experience=_changed(command.experience, state.profile.get("experience")),
        availability=_changed(command.availability, state.profile.get("availability")),
        pace=_changed(command.pace, state.profile.get("pace")),
        format=_changed(command.format, state.profile.get("format")),
    )
    told = (event.goals, event.experience, event.availability, event.pace, event.format)
    return [event] if any(value is not None for value in told) else []


def _changed(new: Personal[str] | None, old: Personal[str] | None) -> Personal[str] | None:
    return None if new is None or new == old else new


def _refuse_closed(state: Learner) -> None:
    if state.closed:
        raise AccountClosedError


def _require_known(state: Learner) -> None:
    """Let in who can prove the address; a blocked account shows why it is blocked, no more."""
    if state.closed:
        raise AccountClosedError
    if not state.confirmed:
        raise AccountUnconfirmedError


def _require_open(state: Learner) -> None:
    match state.state:
        case AccountState.CLOSED:
            raise AccountClosedError
        case AccountState.BLOCKED:
            raise AccountBlockedError
        case AccountState.UNCONFIRMED:
            raise AccountUnconfirmedError
        case AccountState.ABSENT:
            raise UnknownAccountError
        case AccountState.OPEN:
            return
