"""Folding the history of a member of staff."""

from dataclasses import replace
from typing import assert_never

from services.identity.domain.staff.events import (
    Appointed,
    AppointmentConfirmed,
    Departed,
    ProviderInvited,
    ProviderLinked,
    StaffEvent,
    StaffPasswordChanged,
    StaffRecoveryRequested,
    StaffSessionsEnded,
    StaffSignedIn,
    StaffSignedOut,
    TrainingRecorded,
    TrainingReminded,
)
from services.identity.domain.staff.state import StaffMember
from services.identity.domain.staff.training import Training


def evolve(state: StaffMember, event: StaffEvent) -> StaffMember:
    """Return `state` after `event`; never raises on recorded history."""
    match event:
        case Appointed():
            return StaffMember(
                event.staff_id,
                event.role,
                event.name,
                event.email,
                event.password_hash,
                expires_at=event.expires_at,
                awaits_confirmation=event.awaits_confirmation,
                appointed_by=event.appointed_by,
                language=event.language,
            )
        case AppointmentConfirmed():
            return replace(state, awaits_confirmation=False)
        case StaffSignedIn() | StaffSignedOut() | StaffSessionsEnded():
            return state
        case StaffPasswordChanged(password_hash=password_hash):
            return replace(state, password_hash=password_hash, recovery_link=None)
        case StaffRecoveryRequested(link_id=link_id, until=until):
            return replace(state, recovery_link=link_id, recovery_until=until)
        case ProviderInvited(until=until):
            return replace(state, invited_until=until, provider_subject=None)
        case ProviderLinked(provider_subject=provider_subject):
            return replace(state, invited_until=None, provider_subject=provider_subject)
        case TrainingReminded(stage=stage, due_at=due_at, suspends_at=suspends_at):
            training = replace(
                state.training, due_at=due_at, reminded=stage, suspends_at=suspends_at
            )
            return replace(state, training=training)
        case TrainingRecorded():
            training = Training(event.due_at, event.programme, event.done_on, event.recorded_by)
            return replace(state, training=training)
        case Departed():
            return replace(state, departed=True)
        case _:
            assert_never(event)
