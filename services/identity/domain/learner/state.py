"""What the rules need to know of a learner's account."""

from dataclasses import dataclass, field
from datetime import datetime
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
    language: str = "fr"
    first_name: Personal[str] | None = None
    last_name: Personal[str] | None = None
    email: Personal[str] | None = None
    telephone: Personal[str] | None = None
    password_hash: Personal[str] | None = None
    recovery: Recovery | None = None
    email_change: EmailChange | None = None
    profile: dict[str, Personal[str]] = field(default_factory=dict)

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
