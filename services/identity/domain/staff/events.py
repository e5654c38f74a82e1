"""What happened with a member of staff, as this service stores it."""

from datetime import date, datetime
from typing import Annotated

from services.identity.domain.staff.training import Stage
from shared.events.base import DomainEvent, Identifier, SubjectId
from shared.personal import Category, Personal, PersonalField
from shared.trainings import Programme
from shared.words import Language

OfStaff = PersonalField(Category.STAFF, about="staff_id")


class Appointed(DomainEvent):
    """Somebody received a role (C4.1)."""

    staff_id: SubjectId
    role: Identifier
    name: Annotated[Personal[str], OfStaff]
    email: Annotated[Personal[str], OfStaff]
    password_hash: Annotated[Personal[str], OfStaff]
    expires_at: datetime | None = None
    awaits_confirmation: bool = False
    """Whether it counts only once a second person agrees."""
    appointed_by: str = ""
    language: Language = "fr"
    """Of the letters that the account gets."""


class AppointmentConfirmed(DomainEvent):
    """A second person agreed to an appointment: it counts from now on."""

    staff_id: SubjectId
    confirmed_by: Identifier


class StaffSignedIn(DomainEvent):
    """A sign-in of staff succeeded."""

    staff_id: SubjectId


class StaffSignedOut(DomainEvent):
    """A member of staff ended a session: the one named, or every one that was open."""

    staff_id: SubjectId
    session_id: Identifier | None = None
    everywhere: bool = False


class StaffSessionsEnded(DomainEvent):
    """Every session that was open is over: its owner has signed out at the external provider."""

    staff_id: SubjectId


class StaffPasswordChanged(DomainEvent):
    """The password before no longer opens the account; only the new one's hash is known (C7.2)."""

    staff_id: SubjectId
    password_hash: Annotated[Personal[str], OfStaff]


class StaffRecoveryRequested(DomainEvent):
    """The link `link_id`, by which a forgotten password is replaced, is to be sent."""

    staff_id: SubjectId
    link_id: Identifier
    token: Annotated[Personal[str], OfStaff]
    until: datetime


class ProviderInvited(DomainEvent):
    """The first sign-in through the external provider may link the account, `until` then."""

    staff_id: SubjectId
    until: datetime


class ProviderLinked(DomainEvent):
    """The account belongs, from now on, to this subject of the external provider and no other."""

    staff_id: SubjectId
    provider_subject: Annotated[Personal[str], OfStaff]


class TrainingReminded(DomainEvent):
    """The yearly training is due by `due_at`; without it access is suspended at `suspends_at`.

    The stage `due` is the warning; no other has a date of suspension (C7.7).
    """

    staff_id: SubjectId
    stage: Stage
    due_at: datetime
    suspends_at: datetime | None = None


class TrainingRecorded(DomainEvent):
    """The yearly training was done, and counts until `due_at` (C7.7)."""

    staff_id: SubjectId
    programme: Programme
    done_on: date
    due_at: datetime
    recorded_by: Identifier


class Departed(DomainEvent):
    """The person left."""

    staff_id: SubjectId


StaffEvent = (
    Appointed
    | AppointmentConfirmed
    | StaffSignedIn
    | StaffSignedOut
    | StaffSessionsEnded
    | StaffPasswordChanged
    | StaffRecoveryRequested
    | ProviderInvited
    | ProviderLinked
    | TrainingReminded
    | TrainingRecorded
    | Departed
)
