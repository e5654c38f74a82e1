"""The rules of recovering and changing a password, and of changing the e-mail address.

Each link is bound to the state that it was made for: used, superseded or too old, it is refused.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

from services.identity.domain.errors import (
    AccountClosedError,
    EmailJustChangedError,
    LinkSpentError,
    UnknownAccountError,
)
from services.identity.domain.learner import commands as c
from services.identity.domain.learner import events as e
from services.identity.domain.learner.state import AccountState, EmailChange, Learner

CredentialsCommand = (
    c.RequestRecovery
    | c.ResetPassword
    | c.ChangePassword
    | c.RequestEmailChange
    | c.ConfirmEmailChange
    | c.StopEmailChange
    | c.CancelEmailChange
    | c.DisownSignIn
)


def decide(  # noqa: C901 - one case a command
    command: CredentialsCommand, state: Learner
) -> Sequence[e.LearnerEvent]:
    """Return what `command` leads to; nothing where it is so already.

    Raises:
        LinkSpentError: the link was used, superseded, or is too old.
        EmailJustChangedError: the last change of the address can still be stopped.
        IdentityError: the account's state does not allow it.
    """
    if state.closed and not isinstance(command, c.RequestRecovery):
        raise AccountClosedError
    learner_id = state.learner_id
    match command:
        case c.RequestRecovery():
            return [] if state.closed else [_recovery(command, state)]
        case c.ResetPassword():
            return _reset(command, state)
        case c.ChangePassword(password_hash):
            return [
                e.PasswordSet(learner_id=learner_id, password_hash=password_hash),
                e.PasswordChanged(learner_id=learner_id, how="changed"),
            ]
        case c.RequestEmailChange():
            return _ask(command, state)
        case c.ConfirmEmailChange(link_id, at):
            change = confirmable(state, link_id, at)
            return [
                e.EmailChanged(
                    learner_id=learner_id,
                    email=change.email,
                    previous_email=change.previous_email,
                    stop_until=change.stop_until,
                )
            ]
        case c.StopEmailChange():
            return _stop(command, state)
        case c.DisownSignIn(recovery=recovery):
            return [
                e.PasswordChanged(learner_id=learner_id, how="withdrawn"),
                _recovery(recovery, state),
            ]
        case c.CancelEmailChange():
            if state.email_change is None or state.email_change.confirmed:
                return []
            return [e.EmailChangeStopped(learner_id=learner_id, by="learner")]
        case _:
            assert_never(command)


def confirmable(state: Learner, link_id: str, at: datetime) -> EmailChange:
    """Return the change that the link `link_id` confirms.

    Raises:
        LinkSpentError: there is none any more.
    """
    change = state.email_change
    if change is None or change.link_id != link_id or change.confirmed or at >= change.until:
        raise LinkSpentError
    return change


def _recovery(command: c.RequestRecovery, state: Learner) -> e.RecoveryRequested:
    return e.RecoveryRequested(
        learner_id=state.learner_id,
        link_id=command.link_id,
        token=command.token,
        until=command.until,
    )


def _reset(command: c.ResetPassword, state: Learner) -> Sequence[e.LearnerEvent]:
    asked = state.recovery
    if asked is None or asked.link_id != command.link_id or command.at >= asked.until:
        raise LinkSpentError
    learner_id = state.learner_id
    # Whoever follows the link has the mailbox: that proves the address too.
    proven = [] if state.confirmed else [e.AddressConfirmed(learner_id=learner_id)]
    return [
        e.PasswordSet(learner_id=learner_id, password_hash=command.password_hash),
        e.PasswordChanged(learner_id=learner_id, how="recovered"),
        *proven,
    ]


def _ask(command: c.RequestEmailChange, state: Learner) -> Sequence[e.LearnerEvent]:
    if state.state is not AccountState.OPEN or state.email is None or state.email.is_erased:
        raise UnknownAccountError
    change = state.email_change
    if change is not None and change.confirmed and command.at < change.stop_until:
        # Else whoever took the account over could outrun the old address by changing twice.
        raise EmailJustChangedError
    if command.email == state.email:
        return []
    return [
        e.EmailChangeAsked(
            learner_id=state.learner_id,
            link_id=command.link_id,
            email=command.email,
            previous_email=state.email,
            token=command.token,
            stop_token=command.stop_token,
            until=command.until,
            stop_until=command.stop_until,
        )
    ]


def _stop(command: c.StopEmailChange, state: Learner) -> Sequence[e.LearnerEvent]:
    change = state.email_change
    if change is None or change.link_id != command.link_id or command.at >= change.stop_until:
        raise LinkSpentError
    learner_id = state.learner_id
    return [
        e.EmailChangeStopped(
            learner_id=learner_id,
            by="old_address",
            email=change.previous_email if change.confirmed else None,
        ),
        e.PasswordChanged(learner_id=learner_id, how="withdrawn"),
        _recovery(command.recovery, state),
    ]
