"""Folding an account's history."""

from dataclasses import replace
from typing import assert_never

from services.identity.domain.learner import events as e
from services.identity.domain.learner.evolve_minority import evolve as evolve_minority
from services.identity.domain.learner.state import (
    PROFILE_FIELDS,
    EmailChange,
    Learner,
    Recovery,
)


def evolve(state: Learner, event: e.LearnerEvent) -> Learner:
    """Return `state` after `event`; never raises on recorded history."""
    match event:
        case e.AccountRequested():
            return replace(
                state,
                learner_id=event.learner_id,
                requested=True,
                minor=event.minor,
                adult_on=event.adult_on,
                language=event.language,
                first_name=event.first_name,
                last_name=event.last_name,
                email=event.email,
                telephone=event.telephone,
            )
        case e.PasswordSet():
            return replace(state, password_hash=event.password_hash)
        case e.AddressConfirmed():
            return replace(state, confirmed=True)
        case e.Rectified():
            return replace(
                state,
                first_name=event.first_name or state.first_name,
                last_name=event.last_name or state.last_name,
                telephone=event.telephone or state.telephone,
                language=event.language or state.language,
            )
        case e.ZoneChosen(zone=zone):
            return replace(state, zone=zone)
        case e.ProfileTold():
            told = {name: getattr(event, name) for name in PROFILE_FIELDS}
            return replace(
                state, profile=state.profile | {k: v for k, v in told.items() if v is not None}
            )
        case e.Merged():
            return replace(state, merged_into=event.surviving_id)
        case e.Closed():
            return replace(state, closed=True)
        case e.RecoveryRequested():
            return replace(state, recovery=Recovery(event.link_id, event.until))
        case e.PasswordChanged(how=how):
            hashed = None if how == "withdrawn" else state.password_hash
            return replace(state, recovery=None, password_hash=hashed)
        case e.EmailChangeAsked():
            change = EmailChange(
                event.link_id, event.email, event.previous_email, event.until, event.stop_until
            )
            return replace(state, email_change=change)
        case e.EmailChanged():
            asked = state.email_change
            counts = None if asked is None else replace(asked, confirmed=True)
            return replace(state, email=event.email, email_change=counts, recovery=None)
        case e.EmailChangeStopped():
            return replace(state, email=event.email or state.email, email_change=None)
        case e.ConfirmationRequested() | e.SignedIn() | e.SignedOut() | e.SessionsEnded():
            return state
        case (
            e.MinorityEstablished()
            | e.MinorityEnded()
            | e.GuardianAsked()
            | e.GuardianAskedAgain()
            | e.GuardianAgreed()
            | e.AgreementEnded()
            | e.AccountSuspended()
        ):
            return evolve_minority(state, event)
        case _:
            assert_never(event)
