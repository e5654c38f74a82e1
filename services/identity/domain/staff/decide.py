"""The rules about staff (C4.1)."""

from collections.abc import Sequence
from typing import assert_never

from services.identity.domain.errors import UnknownStaffError
from services.identity.domain.staff.commands import (
    AppointStaff,
    ChangeStaffPassword,
    DepartStaff,
    RecordStaffSignIn,
    StaffCommand,
)
from services.identity.domain.staff.events import (
    Appointed,
    Departed,
    StaffEvent,
    StaffPasswordChanged,
    StaffSignedIn,
)
from services.identity.domain.staff.state import StaffMember


def decide(command: StaffCommand, state: StaffMember) -> Sequence[StaffEvent]:
    """Return what `command` leads to; nothing where it is so already.

    Raises:
        UnknownStaffError: there is no such member of staff, or the person has left.
    """
    match command:
        case AppointStaff():
            if state.staff_id:
                return []
            return [
                Appointed(
                    staff_id=command.staff_id,
                    role=command.role,
                    name=command.name,
                    email=command.email,
                    password_hash=command.password_hash,
                )
            ]
        case RecordStaffSignIn():
            if not state.staff_id or state.departed:
                raise UnknownStaffError
            return [StaffSignedIn(staff_id=state.staff_id)]
        case ChangeStaffPassword(password_hash):
            if not state.staff_id or state.departed:
                raise UnknownStaffError
            return [StaffPasswordChanged(staff_id=state.staff_id, password_hash=password_hash)]
        case DepartStaff():
            if not state.staff_id:
                raise UnknownStaffError
            return [] if state.departed else [Departed(staff_id=state.staff_id)]
        case _:
            assert_never(command)
