"""What can be asked about a member of staff."""

from dataclasses import dataclass
from datetime import date, datetime

from shared.events.base import SubjectId
from shared.personal import Personal
from shared.trainings import Programme
from shared.words import Language


@dataclass(frozen=True, slots=True)
class AppointStaff:
    """Give somebody a role (C4.1)."""

    staff_id: SubjectId
    name: Personal[str]
    email: Personal[str]
    role: str
    password_hash: Personal[str]
    by: str
    """The administrator who appoints; empty where the system is set up."""
    at: datetime
    expires_at: datetime | None = None
    """End of the role; a year from now where an administrator names none."""
    language: Language = "fr"


@dataclass(frozen=True, slots=True)
class ConfirmAppointment:
    """A second person agrees to an appointment."""

    by: str


@dataclass(frozen=True, slots=True)
class RecordStaffSignIn:
    """The right password was given."""

    at: datetime


@dataclass(frozen=True, slots=True)
class RecordStaffSignOut:
    """A session was ended, or all of them."""

    session_id: str | None = None
    everywhere: bool = False


@dataclass(frozen=True, slots=True)
class ChangeStaffPassword:
    """Replace the password; the one before, perhaps the administrator's choice, was given."""

    password_hash: Personal[str]


@dataclass(frozen=True, slots=True)
class InviteToProvider:
    """Let the next sign-in through the external provider link the account."""

    at: datetime


@dataclass(frozen=True, slots=True)
class LinkProvider:
    """The provider vouches for the address of the account: bind the account to its subject."""

    provider_subject: Personal[str]
    at: datetime


@dataclass(frozen=True, slots=True)
class RequestStaffRecovery:
    """Send the link by which a forgotten password is replaced."""

    link_id: str
    token: Personal[str]
    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class ResetStaffPassword:
    """Replace a forgotten password by the link `link_id`."""

    link_id: str
    password_hash: Personal[str]
    at: datetime


@dataclass(frozen=True, slots=True)
class EndStaffSessions:
    """The external provider says that the person has signed out there."""


@dataclass(frozen=True, slots=True)
class FollowTraining:
    """See whether a reminder of the yearly training is due."""

    at: datetime


@dataclass(frozen=True, slots=True)
class RecordTraining:
    """Note that the yearly training was done (C7.7)."""

    programme: Programme
    done_on: date
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DepartStaff:
    """The person leaves: every right ends."""


StaffCommand = (
    AppointStaff
    | ConfirmAppointment
    | RecordStaffSignIn
    | RecordStaffSignOut
    | ChangeStaffPassword
    | InviteToProvider
    | LinkProvider
    | RequestStaffRecovery
    | ResetStaffPassword
    | EndStaffSessions
    | FollowTraining
    | RecordTraining
    | DepartStaff
)
