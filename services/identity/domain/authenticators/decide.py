"""The rules of authenticators: what counts when, and that nothing serves twice (C7.3)."""

from collections.abc import Sequence
from typing import assert_never

from services.identity.domain.authenticators import commands as c
from services.identity.domain.authenticators import events as e
from services.identity.domain.authenticators.state import Authenticators
from services.identity.domain.errors import (
    CodeSpentError,
    LastAuthenticatorError,
    LinkSpentError,
    NoAuthenticatorError,
    PasskeyCopiedError,
    ProposalOverError,
    ResetOverError,
    ReturnTooEarlyError,
    SamePersonError,
    WrongCodeError,
)
from shared.personal import Personal


def decide(  # noqa: C901 - one case a command
    command: c.AuthenticatorCommand, state: Authenticators
) -> Sequence[e.AuthenticatorEvent]:
    """Return what `command` leads to; nothing where it is so already.

    Raises:
        WrongCodeError: the code is none of this account's.
        CodeSpentError: it was right and has served.
        IdentityError: the state of the authenticators does not allow it.
    """
    account_id = state.account_id
    match command:
        case c.ProposeTotp():
            if state.running(command.at):
                return []
            return [
                e.TotpProposed(
                    account_id=command.account_id, secret=command.secret, until=command.until
                )
            ]
        case c.ConfirmTotp():
            return _confirm(command, state)
        case c.UseCode():
            return _use_code(command, state)
        case c.RemoveTotp(holder):
            if state.totp is None:
                return []
            _keep_one(state, holder)
            return [e.TotpRemoved(account_id=account_id, holder=holder)]
        case c.AddPasskey():
            return _add_passkey(command, state)
        case c.UsePasskey():
            return _use_passkey(command, state)
        case c.RemovePasskey(holder, passkey_id):
            if passkey_id not in state.passkeys:
                return []
            _keep_one(state, holder)
            return [e.PasskeyRemoved(account_id=account_id, holder=holder, passkey_id=passkey_id)]
        case c.RenamePasskey(passkey_id, name):
            if passkey_id not in state.passkeys:
                raise NoAuthenticatorError
            return [e.PasskeyRenamed(account_id=account_id, passkey_id=passkey_id, name=name)]
        case c.AskReturn() | c.StopReturn() | c.TakeReturn():
            return _of_return(command, state)
        case c.RenewRecoveryCodes(holder, hashes):
            if not state.enrolled:
                raise NoAuthenticatorError
            return [_codes(state, holder, hashes, renewed=True)]
        case c.UseRecoveryCode():
            return _use_recovery_code(command, state)
        case c.AskReset():
            return _ask_reset(command, state)
        case c.ConfirmReset():
            return _confirm_reset(command, state)
        case _:
            assert_never(command)


def _confirm(command: c.ConfirmTotp, state: Authenticators) -> Sequence[e.AuthenticatorEvent]:
    if state.running(command.at) is None:
        raise ProposalOverError
    if command.step is None:
        raise WrongCodeError
    account_id, holder = state.account_id, command.holder
    added = e.TotpAdded(account_id=account_id, holder=holder, step=command.step, at=command.at)
    return [added, *_first_codes(state, holder, command.hashes)]


def _use_code(command: c.UseCode, state: Authenticators) -> Sequence[e.AuthenticatorEvent]:
    if state.totp is None or command.step is None:
        raise WrongCodeError
    if command.step <= state.totp.last_step:
        raise CodeSpentError
    return [e.CodeUsed(account_id=state.account_id, step=command.step, at=command.at)]


def _add_passkey(command: c.AddPasskey, state: Authenticators) -> Sequence[e.AuthenticatorEvent]:
    if state.named(command.credential_id.text()):
        return []
    added = e.PasskeyAdded(
        account_id=command.account_id,
        holder=command.holder,
        passkey_id=command.passkey_id,
        name=command.name,
        credential_id=command.credential_id,
        public_key=command.public_key,
        sign_count=command.sign_count,
        synced=command.synced,
        at=command.at,
    )
    known = state if state.account_id else Authenticators(command.account_id)
    return [added, *_first_codes(known, command.holder, command.hashes)]


def _use_passkey(command: c.UsePasskey, state: Authenticators) -> Sequence[e.AuthenticatorEvent]:
    known = state.passkeys.get(command.passkey_id)
    if known is None:
        raise NoAuthenticatorError
    # Those that are synced do not count and say zero; of the others a copy would fall behind.
    if (known.sign_count or command.sign_count) and command.sign_count <= known.sign_count:
        raise PasskeyCopiedError
    return [
        e.PasskeyUsed(
            account_id=state.account_id,
            passkey_id=command.passkey_id,
            sign_count=command.sign_count,
            at=command.at,
        )
    ]


def _use_recovery_code(
    command: c.UseRecoveryCode, state: Authenticators
) -> Sequence[e.AuthenticatorEvent]:
    if not state.enrolled or command.hash not in state.hashes:
        raise WrongCodeError
    place = state.hashes.index(command.hash)
    if place in state.spent:
        raise CodeSpentError
    return [e.RecoveryCodeUsed(account_id=state.account_id, holder=command.holder, place=place)]


def _ask_reset(command: c.AskReset, state: Authenticators) -> Sequence[e.AuthenticatorEvent]:
    if not state.enrolled:
        raise NoAuthenticatorError
    if command.by_system:
        return [_reset(state, command.holder, command.by)]
    if state.reset is not None and command.at < state.reset.until:
        return []
    return [
        e.ResetAsked(
            account_id=state.account_id,
            holder=command.holder,
            asked_by=command.by,
            until=command.until,
        )
    ]


def _confirm_reset(
    command: c.ConfirmReset, state: Authenticators
) -> Sequence[e.AuthenticatorEvent]:
    if state.reset is None or command.at >= state.reset.until:
        raise ResetOverError
    if command.by in {state.reset.asked_by, state.account_id}:
        raise SamePersonError
    return [_reset(state, command.holder, command.by)]


def _of_return(
    command: c.AskReturn | c.StopReturn | c.TakeReturn, state: Authenticators
) -> Sequence[e.AuthenticatorEvent]:
    match command:
        case c.AskReturn():
            return _ask_return(command, state)
        case c.StopReturn(link_id):
            if state.way_back is None or state.way_back.link_id != link_id:
                raise LinkSpentError
            return [e.ReturnStopped(account_id=state.account_id)]
        case c.TakeReturn():
            return _take_return(command, state)


def _ask_return(command: c.AskReturn, state: Authenticators) -> Sequence[e.ReturnAsked]:
    if not state.enrolled or command.holder == "staff":
        # Of staff a second administrator removes what was lost.
        raise NoAuthenticatorError
    if state.way_back is not None and command.at < state.way_back.until:
        return []
    return [
        e.ReturnAsked(
            account_id=state.account_id,
            link_id=command.link_id,
            token=command.token,
            stop_token=command.stop_token,
            previous_email=command.previous_email,
            opens_at=command.opens_at,
            until=command.until,
        )
    ]


def _take_return(command: c.TakeReturn, state: Authenticators) -> Sequence[e.AuthenticatorsReset]:
    back = state.way_back
    if back is None or back.link_id != command.link_id or command.at >= back.until:
        raise LinkSpentError
    if command.at < back.opens_at:
        raise ReturnTooEarlyError(back.opens_at - command.at)
    return [_reset(state, "learner", "waiting-time")]


def _reset(state: Authenticators, holder: e.Holder, by: str) -> e.AuthenticatorsReset:
    return e.AuthenticatorsReset(account_id=state.account_id, holder=holder, confirmed_by=by)


def _keep_one(state: Authenticators, holder: e.Holder) -> None:
    if holder == "staff" and state.only_one:
        raise LastAuthenticatorError


def _first_codes(
    state: Authenticators, holder: e.Holder, hashes: Personal[str]
) -> Sequence[e.RecoveryCodesMade]:
    """Return recovery codes for who has none yet."""
    return [] if state.recovery_codes else [_codes(state, holder, hashes, renewed=False)]


def _codes(
    state: Authenticators, holder: e.Holder, hashes: Personal[str], *, renewed: bool
) -> e.RecoveryCodesMade:
    return e.RecoveryCodesMade(
        account_id=state.account_id, holder=holder, hashes=hashes, renewed=renewed
    )
