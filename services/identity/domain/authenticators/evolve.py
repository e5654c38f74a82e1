"""Folding the history of an account's authenticators."""

from dataclasses import replace
from typing import assert_never

from services.identity.domain.authenticators import events as e
from services.identity.domain.authenticators.state import (
    AskedReset,
    Authenticators,
    Passkey,
    Proposal,
    Return,
    Totp,
)


def evolve(state: Authenticators, event: e.AuthenticatorEvent) -> Authenticators:
    """Return `state` after `event`; never raises on recorded history."""
    state = replace(state, account_id=event.account_id)
    match event:
        case e.TotpProposed():
            return replace(state, proposal=Proposal(event.secret, event.until))
        case e.TotpAdded(step=step, at=at):
            if state.proposal is None:
                return state
            return replace(
                state, totp=Totp(state.proposal.secret, step, at, at), proposal=None, reset=None
            )
        case e.CodeUsed(step=step, at=at):
            if state.totp is None:
                return state
            return replace(
                state, totp=replace(state.totp, last_step=step, used_at=at), way_back=None
            )
        case e.TotpRemoved():
            return _without_codes(replace(state, totp=None))
        case e.PasskeyAdded():
            added = Passkey(
                event.name,
                event.credential_id,
                event.public_key,
                event.sign_count,
                event.synced,
                event.at,
            )
            return replace(state, passkeys={**state.passkeys, event.passkey_id: added}, reset=None)
        case e.PasskeyUsed(passkey_id=passkey_id):
            known = state.passkeys.get(passkey_id)
            if known is None:
                return state
            used = replace(known, sign_count=event.sign_count, used_at=event.at)
            return replace(state, passkeys={**state.passkeys, passkey_id: used}, way_back=None)
        case e.PasskeyRemoved(passkey_id=passkey_id):
            left = {name: one for name, one in state.passkeys.items() if name != passkey_id}
            return _without_codes(replace(state, passkeys=left))
        case e.PasskeyRenamed(passkey_id=passkey_id, name=name):
            known = state.passkeys.get(passkey_id)
            if known is None:
                return state
            named = replace(known, name=name)
            return replace(state, passkeys={**state.passkeys, passkey_id: named})
        case e.ReturnAsked(link_id=link_id, opens_at=opens_at, until=until):
            return replace(state, way_back=Return(link_id, opens_at, until))
        case e.ReturnStopped():
            return replace(state, way_back=None)
        case e.RecoveryCodesMade(hashes=hashes):
            return replace(state, recovery_codes=hashes, spent=())
        case e.RecoveryCodeUsed(place=place):
            return replace(state, spent=(*state.spent, place), way_back=None)
        case e.ResetAsked(asked_by=asked_by, until=until):
            return replace(state, reset=AskedReset(asked_by, until))
        case e.AuthenticatorsReset():
            return Authenticators(event.account_id)
        case _:
            assert_never(event)


def _without_codes(state: Authenticators) -> Authenticators:
    """Return `state` without recovery codes where nothing is left that they could stand for."""
    return state if state.enrolled else replace(state, recovery_codes=None, spent=())
