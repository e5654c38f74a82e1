"""What can be asked about a member of staff."""

from dataclasses import dataclass

from shared.events.base import SubjectId
from shared.personal import Personal


@dataclass(frozen=True, slots=True)
class AppointStaff:
    """Give somebody a role (C4.1)."""

    staff_id: SubjectId
    name: Personal[str]
    email: Personal[str]
    role: str
    password_hash: Personal[str]


@dataclass(frozen=True, slots=True)
class RecordStaffSignIn:
    """The right password was given."""


@dataclass(frozen=True, slots=True)
class ChangeStaffPassword:
    """Replace the password; the one before, perhaps the administrator's choice, was given."""

    password_hash: Personal[str]


@dataclass(frozen=True, slots=True)
class DepartStaff:
    """The person leaves: every right ends."""


StaffCommand = AppointStaff | RecordStaffSignIn | ChangeStaffPassword | DepartStaff
