"""The rules about staff (C4.1)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, assert_never

from services.identity.domain.errors import (
    AppointmentUnconfirmedError,
    LinkSpentError,
    NotInvitedError,
    RoleTermError,
    SamePersonError,
    TrainingDateError,
    UnknownStaffError,
)
from services.identity.domain.staff.commands import (
    AppointStaff,
    ChangeStaffPassword,
    ConfirmAppointment,
    DepartStaff,
    EndStaffSessions,
    FollowTraining,
    InviteToProvider,
    LinkProvider,
    RecordStaffSignIn,
    RecordStaffSignOut,
    RecordTraining,
    RequestStaffRecovery,
    ResetStaffPassword,
    StaffCommand,
)
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
from services.identity.domain.staff.training import counts, due_after, reminder_at

LONGEST: Final = timedelta(days=366)
INVITATION: Final = timedelta(days=7)
"""How long an invitation to the external provider waits."""
FOUR_EYES: Final = frozenset({"dpo", "administrator"})
"""Roles that count only once a second person has agreed."""


def decide(  # noqa: C901 - one case a command
    command: StaffCommand, state: StaffMember
) -> Sequence[StaffEvent]:
    """Return what `command` leads to; nothing where it is so already.

    Raises:
        UnknownStaffError: there is no such member of staff, or the person has left.
        RoleTermError: the role would end in the past, or later than a year from now.
        SamePersonError: who appointed, or was appointed, cannot be the second person.
        AppointmentUnconfirmedError: the appointment does not count yet.
        NotInvitedError: no administrator has let the provider in, or not lately.
        LinkSpentError: the link was used, superseded or is too old.
        TrainingDateError: a training to come, out of date, or no later than the last.
    """
    match command:
        case AppointStaff():
            return [] if state.staff_id else [_appointed(command)]
        case ConfirmAppointment():
            return _confirmed(command, state)
        case RecordStaffSignIn():
            return [_signed_in(command, state)]
        case RecordStaffSignOut():
            return [_signed_out(command, state)]
        case ChangeStaffPassword():
            return [_password_changed(command, state)]
        case RequestStaffRecovery():
            return [_recovery(command, state)]
        case ResetStaffPassword():
            return [_reset(command, state)]
        case InviteToProvider():
            return [_invited(command, state)]
        case LinkProvider():
            return [_linked(command, state)]
        case EndStaffSessions():
            return [StaffSessionsEnded(staff_id=state.staff_id)] if state.staff_id else []
        case FollowTraining():
            return _followed(command, state)
        case RecordTraining():
            return [_trained(command, state)]
        case DepartStaff():
            if not state.staff_id:
                raise UnknownStaffError
            return [] if state.departed else [Departed(staff_id=state.staff_id)]
        case _:
            assert_never(command)


def _appointed(command: AppointStaff) -> Appointed:
    return Appointed(
        staff_id=command.staff_id,
        role=command.role,
        name=command.name,
        email=command.email,
        password_hash=command.password_hash,
        expires_at=_end_of_role(command),
        awaits_confirmation=bool(command.by) and command.role in FOUR_EYES,
        appointed_by=command.by,
        language=command.language,
    )


def _signed_in(command: RecordStaffSignIn, state: StaffMember) -> StaffSignedIn:
    if not state.staff_id or not state.has_rights(command.at):
        raise UnknownStaffError
    if state.awaits_confirmation:
        raise AppointmentUnconfirmedError
    return StaffSignedIn(staff_id=state.staff_id)


def _signed_out(command: RecordStaffSignOut, state: StaffMember) -> StaffSignedOut:
    if not state.staff_id:
        raise UnknownStaffError
    return StaffSignedOut(
        staff_id=state.staff_id, session_id=command.session_id, everywhere=command.everywhere
    )


def _password_changed(command: ChangeStaffPassword, state: StaffMember) -> StaffPasswordChanged:
    if not state.staff_id or state.departed:
        raise UnknownStaffError
    return StaffPasswordChanged(staff_id=state.staff_id, password_hash=command.password_hash)


def _recovery(command: RequestStaffRecovery, state: StaffMember) -> StaffRecoveryRequested:
    if not state.staff_id or not state.has_rights(command.at):
        raise UnknownStaffError
    return StaffRecoveryRequested(
        staff_id=state.staff_id,
        link_id=command.link_id,
        token=command.token,
        until=command.until,
    )


def _reset(command: ResetStaffPassword, state: StaffMember) -> StaffPasswordChanged:
    if not state.staff_id or not state.has_rights(command.at):
        raise UnknownStaffError
    until = state.recovery_until
    if state.recovery_link != command.link_id or until is None or command.at >= until:
        raise LinkSpentError
    return StaffPasswordChanged(staff_id=state.staff_id, password_hash=command.password_hash)


def _invited(command: InviteToProvider, state: StaffMember) -> ProviderInvited:
    if not state.staff_id or not state.has_rights(command.at):
        raise UnknownStaffError
    return ProviderInvited(staff_id=state.staff_id, until=command.at + INVITATION)


def _linked(command: LinkProvider, state: StaffMember) -> ProviderLinked:
    if not state.staff_id or not state.has_rights(command.at):
        raise UnknownStaffError
    if state.awaits_confirmation:
        raise AppointmentUnconfirmedError
    if not state.is_invited(command.at):
        raise NotInvitedError
    return ProviderLinked(staff_id=state.staff_id, provider_subject=command.provider_subject)


def _followed(command: FollowTraining, state: StaffMember) -> Sequence[TrainingReminded]:
    if not state.staff_id or not state.has_rights(command.at):
        return []
    reminder = reminder_at(state.training, command.at)
    if reminder is None:
        return []
    return [
        TrainingReminded(
            staff_id=state.staff_id,
            stage=reminder.stage,
            due_at=reminder.due_at,
            suspends_at=reminder.suspends_at,
        )
    ]


def _trained(command: RecordTraining, state: StaffMember) -> TrainingRecorded:
    if not state.staff_id or not state.has_rights(command.at):
        raise UnknownStaffError
    if not counts(state.training, command.done_on, command.at):
        raise TrainingDateError
    return TrainingRecorded(
        staff_id=state.staff_id,
        programme=command.programme,
        done_on=command.done_on,
        due_at=due_after(command.done_on),
        recorded_by=command.by,
    )


def _confirmed(command: ConfirmAppointment, state: StaffMember) -> Sequence[StaffEvent]:
    if not state.staff_id or state.departed:
        raise UnknownStaffError
    if not state.awaits_confirmation:
        return []
    if command.by in {state.appointed_by, state.staff_id}:
        raise SamePersonError
    return [AppointmentConfirmed(staff_id=state.staff_id, confirmed_by=command.by)]


def _end_of_role(command: AppointStaff) -> datetime | None:
    """Return when the role ends; what the system is set up with may have no end."""
    if not command.by:
        return command.expires_at
    expires_at = command.expires_at or command.at + timedelta(days=365)
    if not command.at < expires_at <= command.at + LONGEST:
        raise RoleTermError
    return expires_at
