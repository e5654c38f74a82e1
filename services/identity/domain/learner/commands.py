"""What can be asked of a learner's account."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from services.identity.domain.learner.events import ReportReason, WithdrawalReason
from shared.events.base import SubjectId
from shared.personal import Personal

Language = Literal["fr", "en"]


@dataclass(frozen=True, slots=True)
class Guardian:
    """Whom to ask for agreement, and the link to ask by."""

    agreement_id: str
    email: Personal[str]
    name: Personal[str] | None
    token: Personal[str]


@dataclass(frozen=True, slots=True)
class RegisterLearner:
    """Ask for an account; `birth_date` only decides minority and is not kept for adults."""

    learner_id: SubjectId
    first_name: Personal[str]
    last_name: Personal[str]
    email: Personal[str]
    telephone: Personal[str] | None
    language: Language
    birth_date: Personal[date] | None
    today: date
    """The calendar day in Europe/Paris."""
    password_hash: Personal[str]
    confirmation_token: Personal[str]
    at: datetime
    minority_id: str
    zone: Personal[str] | None = None
    """IANA name of the zone lived in; none means Paris."""
    guardian: Guardian | None = None
    """Asked where `birth_date` is a minor's, else not kept."""


@dataclass(frozen=True, slots=True)
class RequestConfirmation:
    """Send the confirmation link anew."""

    token: Personal[str]


@dataclass(frozen=True, slots=True)
class ConfirmEmail:
    """The person followed the link."""


@dataclass(frozen=True, slots=True)
class DeclareMinority:
    """The learner says to be under 18 after all, and names a guardian (C11.2)."""

    birth_date: Personal[date]
    guardian: Guardian
    minority_id: str
    today: date
    """The calendar day in Europe/Paris."""
    at: datetime


@dataclass(frozen=True, slots=True)
class ReportMinority:
    """Staff found out that the learner is under 18 (C11.2)."""

    reason: ReportReason
    minority_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class WithdrawReport:
    """Staff found out that their report was wrong."""

    reason: WithdrawalReason


@dataclass(frozen=True, slots=True)
class NameGuardian:
    """Ask somebody, or somebody else; `birth_date` only where it is not known yet."""

    guardian: Guardian
    birth_date: Personal[date] | None
    minority_id: str
    today: date
    at: datetime


@dataclass(frozen=True, slots=True)
class RepeatGuardianLetter:
    """Send the question to the guardian once more."""

    at: datetime


@dataclass(frozen=True, slots=True)
class GrantGuardianAgreement:
    """The legal guardian followed the link and agreed."""

    agreement_id: str
    revocation_token: Personal[str]
    at: datetime


@dataclass(frozen=True, slots=True)
class RefuseGuardianAgreement:
    """The legal guardian followed the link and refused."""

    agreement_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RevokeGuardianAgreement:
    """The legal guardian takes the agreement back."""

    agreement_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FollowMinority:
    """Let time do its part: the reminder, the end of the seven days, coming of age."""

    today: date
    """The calendar day in Europe/Paris."""
    at: datetime


@dataclass(frozen=True, slots=True)
class RecordSignIn:
    """Whoever signs in has shown who they are."""


@dataclass(frozen=True, slots=True)
class RenewPasswordHash:
    """Replace a hash made with old parameters; the password stays."""

    password_hash: Personal[str]


@dataclass(frozen=True, slots=True)
class EndSessions:
    """End every session of the account, which stays open (ASVS 7.4.5)."""

    by: Literal["staff", "owner"] = "staff"


@dataclass(frozen=True, slots=True)
class RecordSignOut:
    """A session was ended, or all of them."""

    session_id: str | None = None
    everywhere: bool = False


@dataclass(frozen=True, slots=True)
class RectifyLearner:
    """Correct what is held; `None` leaves a value as it is (C8.2)."""

    first_name: Personal[str] | None = None
    last_name: Personal[str] | None = None
    telephone: Personal[str] | None = None
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class ChooseZone:
    """Live by the clock of another time zone, by its IANA name."""

    zone: Personal[str]


@dataclass(frozen=True, slots=True)
class DescribeProfile:
    """Tell goals, experience, availability and preferences (C1.6)."""

    goals: Personal[str] | None = None
    experience: Personal[str] | None = None
    availability: Personal[str] | None = None
    pace: Personal[str] | None = None
    format: Personal[str] | None = None


@dataclass(frozen=True, slots=True)
class CloseAccount:
    """End the account; its intermediate archive starts (C2.5)."""

    reason: Literal["learner", "policy_refused", "erasure"]


@dataclass(frozen=True, slots=True)
class MergeAccount:
    """Close the account as a duplicate of another one of the same person; there is no way back."""

    surviving_id: SubjectId
    survivor_open: bool
    """Whether that account exists and is open."""


@dataclass(frozen=True, slots=True)
class RequestRecovery:
    """Send a link by which a forgotten password is replaced; it supersedes the one before."""

    link_id: str
    token: Personal[str]
    until: datetime


@dataclass(frozen=True, slots=True)
class ResetPassword:
    """Replace a forgotten password by the link `link_id`."""

    link_id: str
    password_hash: Personal[str]
    at: datetime


@dataclass(frozen=True, slots=True)
class ChangePassword:
    """Replace the password; the one before was given."""

    password_hash: Personal[str]


@dataclass(frozen=True, slots=True)
class RequestEmailChange:
    """Ask both addresses about another e-mail address; the password was given."""

    link_id: str
    email: Personal[str]
    token: Personal[str]
    stop_token: Personal[str]
    at: datetime
    until: datetime
    """Until when the new address can be confirmed."""
    stop_until: datetime
    """Until when the old address can stop it."""


@dataclass(frozen=True, slots=True)
class ConfirmEmailChange:
    """The link in the new mailbox was followed."""

    link_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StopEmailChange:
    """The link in the old mailbox was followed: somebody else knows the password."""

    link_id: str
    at: datetime
    recovery: RequestRecovery
    """The way to a password that nobody else knows."""


@dataclass(frozen=True, slots=True)
class DisownSignIn:
    """The link in a letter about a sign-in was followed: somebody else knows the password."""

    recovery: RequestRecovery
    """The way to a password that nobody else knows."""


@dataclass(frozen=True, slots=True)
class CancelEmailChange:
    """The learner no longer wants the address that is still to be confirmed."""


LearnerCommand = (
    RegisterLearner
    | RequestConfirmation
    | DisownSignIn
    | ConfirmEmail
    | DeclareMinority
    | ReportMinority
    | WithdrawReport
    | NameGuardian
    | RepeatGuardianLetter
    | GrantGuardianAgreement
    | RefuseGuardianAgreement
    | RevokeGuardianAgreement
    | FollowMinority
    | RecordSignIn
    | RenewPasswordHash
    | RecordSignOut
    | EndSessions
    | RectifyLearner
    | ChooseZone
    | DescribeProfile
    | CloseAccount
    | MergeAccount
    | RequestRecovery
    | ResetPassword
    | ChangePassword
    | RequestEmailChange
    | ConfirmEmailChange
    | StopEmailChange
    | CancelEmailChange
)
