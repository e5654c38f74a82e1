"""What happened to a learner's account, as this service stores it."""

from datetime import datetime
from typing import Annotated, Literal

from shared.events.base import DomainEvent, Identifier, SubjectId
from shared.personal import Category, Personal, PersonalField

Identity = PersonalField(Category.CIVIL_IDENTITY)
Contact = PersonalField(Category.CONTACT)
Profile = PersonalField(Category.PROFILE)
Credentials = PersonalField(Category.CREDENTIALS)


class AccountRequested(DomainEvent):
    """An account was asked for (C1.2)."""

    learner_id: SubjectId
    first_name: Annotated[Personal[str], Identity]
    last_name: Annotated[Personal[str], Identity]
    email: Annotated[Personal[str], Contact]
    telephone: Annotated[Personal[str] | None, Contact] = None
    language: Literal["fr", "en"]
    minor: bool
    adult_on: Annotated[Personal[str] | None, Identity] = None
    """ISO date of majority, kept for minors alone."""


class PasswordSet(DomainEvent):
    """A password was chosen; only its argon2id hash is known (C7.2)."""

    learner_id: SubjectId
    password_hash: Annotated[Personal[str], Credentials]


class ConfirmationRequested(DomainEvent):
    """The link that proves the address is to be sent."""

    learner_id: SubjectId
    token: Annotated[Personal[str], Contact]


class AddressConfirmed(DomainEvent):
    """The person followed the link."""

    learner_id: SubjectId


class GuardianAsked(DomainEvent):
    """A minor's legal guardian is asked for agreement (C11.1)."""

    learner_id: SubjectId
    guardian_email: Annotated[Personal[str], Contact]
    token: Annotated[Personal[str], Contact]


class GuardianAgreed(DomainEvent):
    """The legal guardian agreed."""

    learner_id: SubjectId


class AccountSuspended(DomainEvent):
    """The account may not be used: a minor without agreement (C11.2)."""

    learner_id: SubjectId


class SignedIn(DomainEvent):
    """A sign-in succeeded."""

    learner_id: SubjectId


class SignedOut(DomainEvent):
    """The learner ended a session: the one named, or every one that was open."""

    learner_id: SubjectId
    session_id: Identifier | None = None
    everywhere: bool = False


class Rectified(DomainEvent):
    """The learner corrected what is held (C8.2)."""

    learner_id: SubjectId
    first_name: Annotated[Personal[str] | None, Identity] = None
    last_name: Annotated[Personal[str] | None, Identity] = None
    telephone: Annotated[Personal[str] | None, Contact] = None
    language: Literal["fr", "en"] | None = None


class ProfileTold(DomainEvent):
    """The learner told about goals and preferences (C1.6)."""

    learner_id: SubjectId
    goals: Annotated[Personal[str] | None, Profile] = None
    experience: Annotated[Personal[str] | None, Profile] = None
    availability: Annotated[Personal[str] | None, Profile] = None
    pace: Annotated[Personal[str] | None, Profile] = None
    format: Annotated[Personal[str] | None, Profile] = None


class Closed(DomainEvent):
    """The account was closed."""

    learner_id: SubjectId
    reason: Literal["learner", "policy_refused", "erasure", "merged"]


class Merged(DomainEvent):
    """The account is a duplicate of another one of the same person."""

    learner_id: SubjectId
    surviving_id: SubjectId


class RecoveryRequested(DomainEvent):
    """The link by which a forgotten password is replaced is to be sent."""

    learner_id: SubjectId
    link_id: Identifier
    token: Annotated[Personal[str], Contact]
    until: datetime


class PasswordChanged(DomainEvent):
    """The password before no longer opens the account; `withdrawn`: none does now."""

    learner_id: SubjectId
    how: Literal["changed", "recovered", "withdrawn"]


class EmailChangeAsked(DomainEvent):
    """Both addresses are to be told about a change that does not count yet."""

    learner_id: SubjectId
    link_id: Identifier
    email: Annotated[Personal[str], Contact]
    previous_email: Annotated[Personal[str], Contact]
    token: Annotated[Personal[str], Contact]
    stop_token: Annotated[Personal[str], Contact]
    until: datetime
    stop_until: datetime


class EmailChanged(DomainEvent):
    """The new address was confirmed and counts; the old one can still stop it for a time."""

    learner_id: SubjectId
    email: Annotated[Personal[str], Contact]
    previous_email: Annotated[Personal[str], Contact]
    stop_until: datetime


class EmailChangeStopped(DomainEvent):
    """The change does not take place; `email` is the old address where the new one had counted."""

    learner_id: SubjectId
    by: Literal["learner", "old_address"]
    email: Annotated[Personal[str] | None, Contact] = None


LearnerEvent = (
    AccountRequested
    | PasswordSet
    | ConfirmationRequested
    | AddressConfirmed
    | GuardianAsked
    | GuardianAgreed
    | AccountSuspended
    | SignedIn
    | SignedOut
    | Rectified
    | ProfileTold
    | Closed
    | Merged
    | RecoveryRequested
    | PasswordChanged
    | EmailChangeAsked
    | EmailChanged
    | EmailChangeStopped
)
