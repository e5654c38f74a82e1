"""What happened to a learner's account, as this service stores it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

from shared.events.base import DomainEvent, Identifier, SubjectId, Upcaster
from shared.personal import Category, Personal, PersonalField

Identity = PersonalField(Category.CIVIL_IDENTITY)
Contact = PersonalField(Category.CONTACT)
Profile = PersonalField(Category.PROFILE)
Credentials = PersonalField(Category.CREDENTIALS)
OfMinority = PersonalField(Category.MINORITY, object="minority_id")
OfAgreement = PersonalField(Category.MINORITY, object="agreement_id")

BlockCause = Literal["registration", "self_declared", "reported", "revoked"]
ReportReason = Literal["said_by_learner", "said_by_guardian", "seen_in_session", "document"]
"""On what staff base a report: never the words themselves, which may be personal."""
WithdrawalReason = Literal["adulthood_proven", "mistaken_person"]
AgreementEnd = Literal[
    "refused", "revoked", "expired", "superseded", "of_age", "withdrawn", "closed"
]
MinorityEnd = Literal["of_age", "report_withdrawn"]
LetterReason = Literal["asked_for", "reminder"]


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
    """ISO date of majority of a minor registered before `MinorityEstablished` told it."""


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


class MinorityEstablished(DomainEvent):
    """The person is known to be a minor; `adult_on` is all that is kept of a birth date (C11)."""

    learner_id: SubjectId
    found: Literal["registration", "self_declared", "reported"]
    reason: ReportReason | None = None
    minority_id: Identifier
    adult_on: Annotated[Personal[str] | None, OfMinority] = None
    """ISO date of majority; unknown where staff reported a minor."""


class MinorityEnded(DomainEvent):
    """The person is of age, or never was a minor: control is the learner's alone."""

    learner_id: SubjectId
    minority_id: Identifier | None
    how: MinorityEnd
    reason: WithdrawalReason | None = None


def _with_own_id(data: dict[str, Any]) -> dict[str, Any]:
    """Read a question of the time when there was one for each account, its link's week apart."""
    distant = {"asked_at": "2025-01-01T00:00:00Z", "until": "9999-01-01T00:00:00Z"}
    return {**data, "agreement_id": "first", **distant}


class GuardianAsked(DomainEvent):
    """A minor's legal guardian is asked for agreement (C11.1)."""

    VERSION: ClassVar[int] = 2
    UPCASTERS: ClassVar[Mapping[int, Upcaster]] = {1: _with_own_id}

    learner_id: SubjectId
    agreement_id: Identifier
    guardian_email: Annotated[Personal[str], OfAgreement]
    guardian_name: Annotated[Personal[str] | None, OfAgreement] = None
    token: Annotated[Personal[str], OfAgreement]
    asked_at: datetime
    until: datetime


class GuardianAskedAgain(DomainEvent):
    """The same question once more: as a reminder, or because the learner asked for it."""

    learner_id: SubjectId
    agreement_id: Identifier
    guardian_email: Annotated[Personal[str], OfAgreement]
    guardian_name: Annotated[Personal[str] | None, OfAgreement] = None
    token: Annotated[Personal[str], OfAgreement]
    why: LetterReason
    asked_at: datetime
    until: datetime


class GuardianAgreed(DomainEvent):
    """The legal guardian agreed; `token` revokes it as long as the account lives."""

    learner_id: SubjectId
    agreement_id: Identifier = "first"
    guardian_email: Annotated[Personal[str] | None, OfAgreement] = None
    token: Annotated[Personal[str] | None, OfAgreement] = None


class AgreementEnded(DomainEvent):
    """The question to a guardian, or the agreement, is over: the guardian's data may go."""

    learner_id: SubjectId
    agreement_id: Identifier
    how: AgreementEnd


class AccountSuspended(DomainEvent):
    """The account may not be used: a minor without agreement (C11.2)."""

    learner_id: SubjectId
    cause: BlockCause = "registration"
    until: datetime | None = None
    """When its data goes, unless a guardian agrees."""


class SignedIn(DomainEvent):
    """A sign-in succeeded."""

    learner_id: SubjectId


class SessionsEnded(DomainEvent):
    """Every session that was open is over: staff's precaution, or the owner's by a link."""

    learner_id: SubjectId
    by: Literal["staff", "owner"] = "staff"


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


class ZoneChosen(DomainEvent):
    """The learner said by which clock they live; it says roughly where, so it is sealed."""

    learner_id: SubjectId
    zone: Annotated[Personal[str], Identity]
    """IANA name of a time zone."""


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


MinorityEvent = (
    MinorityEstablished
    | MinorityEnded
    | GuardianAsked
    | GuardianAskedAgain
    | GuardianAgreed
    | AgreementEnded
    | AccountSuspended
)
LearnerEvent = (
    MinorityEvent
    | AccountRequested
    | PasswordSet
    | ConfirmationRequested
    | AddressConfirmed
    | SignedIn
    | SignedOut
    | SessionsEnded
    | Rectified
    | ZoneChosen
    | ProfileTold
    | Closed
    | Merged
    | RecoveryRequested
    | PasswordChanged
    | EmailChangeAsked
    | EmailChanged
    | EmailChangeStopped
)
