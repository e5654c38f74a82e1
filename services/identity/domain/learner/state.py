"""What the rules need to know of a learner's account."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from services.identity.domain.nobody import NOBODY
from shared.events.base import SubjectId
from shared.personal import Personal


class AccountState(StrEnum):
    """How far the account has come; `BLOCKED` is a minor's without agreement (C11.2)."""

    ABSENT = "absent"
    UNCONFIRMED = "unconfirmed"
    BLOCKED = "blocked"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Recovery:
    """A link by which a forgotten password can be replaced."""

    link_id: str
    until: datetime


@dataclass(frozen=True, slots=True)
class EmailChange:
    """A change of the e-mail address that was asked for."""

    link_id: str
    email: Personal[str]
    previous_email: Personal[str]
    until: datetime
    """Until when the new address can be confirmed."""
    stop_until: datetime
    """Until when the old address can stop it, before and after the confirmation."""
    confirmed: bool = False


class AgreementState(StrEnum):
    """How far the question to a legal guardian has come (C11.1)."""

    ASKED = "asked"
    AUTHORISED = "authorised"
    REFUSED = "refused"
    REVOKED = "revoked"
    EXPIRED = "expired"

    @property
    def is_current(self) -> bool:
        """Whether the guardian's data is still needed."""
        return self in (AgreementState.ASKED, AgreementState.AUTHORISED)


@dataclass(frozen=True, slots=True)
class Agreement:
    """The question to a legal guardian, and what became of it."""

    agreement_id: str
    state: AgreementState
    guardian_email: Personal[str]
    guardian_name: Personal[str] | None
    token: Personal[str]
    asked_at: datetime
    until: datetime
    """Until when it can be answered."""
    reminded: bool = False

    def is_reminder_due(self, at: datetime, before: timedelta) -> bool:
        """Whether to remind at `at`, `before` the end; not where it was asked later than that."""
        due = self.until - before
        return not self.reminded and self.asked_at < due <= at


@dataclass(frozen=True, slots=True)
class Learner:
    """A learner's account."""

    learner_id: SubjectId = NOBODY
    requested: bool = False
    confirmed: bool = False
    blocked: bool = False
    closed: bool = False
    merged_into: SubjectId | None = None
    """The account of the same person that stays, once this one is merged."""
    minor: bool = False
    minority_id: str | None = None
    """What the day of majority is sealed under."""
    adult_on: Personal[str] | None = None
    """The day of majority; staff who report a minor may not know it."""
    reported: bool = False
    """Whether staff said so."""
    agreement: Agreement | None = None
    """The latest question to a guardian, answered or not."""
    blocked_until: datetime | None = None
    """When the data of a blocked account goes."""
    block_cause: str | None = None
    letters: int = 0
    """Letters to guardians since the account was blocked."""
    latest_letter: datetime | None = None
    language: str = "fr"
    zone: Personal[str] | None = None
    """IANA name of the zone lived in; none means Paris."""
    first_name: Personal[str] | None = None
    last_name: Personal[str] | None = None
    email: Personal[str] | None = None
    telephone: Personal[str] | None = None
    password_hash: Personal[str] | None = None
    recovery: Recovery | None = None
    email_change: EmailChange | None = None
    profile: dict[str, Personal[str]] = field(default_factory=dict)

    def comes_of_age(self, today: date) -> bool:
        """Whether a minor is of age on `today`, a calendar day in Europe/Paris."""
        told = None if self.adult_on is None else self.adult_on.reveal()
        return isinstance(told, str) and date.fromisoformat(told) <= today

    @property
    def state(self) -> AccountState:
        """The account's state, the most restrictive reason first."""
        if not self.requested:
            return AccountState.ABSENT
        if self.closed:
            return AccountState.CLOSED
        if self.blocked:
            return AccountState.BLOCKED
        return AccountState.OPEN if self.confirmed else AccountState.UNCONFIRMED


NO_LEARNER = Learner()
PROFILE_FIELDS = ("goals", "experience", "availability", "pace", "format")
