"""What happened with a member of staff, as this service stores it."""

from typing import Annotated

from shared.events.base import DomainEvent, Identifier, SubjectId
from shared.personal import Category, Personal, PersonalField

OfStaff = PersonalField(Category.STAFF, about="staff_id")


class Appointed(DomainEvent):
    """Somebody received a role (C4.1)."""

    staff_id: SubjectId
    role: Identifier
    name: Annotated[Personal[str], OfStaff]
    email: Annotated[Personal[str], OfStaff]
    password_hash: Annotated[Personal[str], OfStaff]


class StaffSignedIn(DomainEvent):
    """A sign-in of staff succeeded."""

    staff_id: SubjectId


class StaffPasswordChanged(DomainEvent):
    """The password before no longer opens the account; only the new one's hash is known (C7.2)."""

    staff_id: SubjectId
    password_hash: Annotated[Personal[str], OfStaff]


class Departed(DomainEvent):
    """The person left."""

    staff_id: SubjectId


StaffEvent = Appointed | StaffSignedIn | StaffPasswordChanged | Departed
