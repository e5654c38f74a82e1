"""What the rules need to know of an account's authenticators."""

from dataclasses import dataclass, field
from datetime import datetime

from services.identity.domain.nobody import NOBODY
from shared.events.base import SubjectId
from shared.personal import Personal


@dataclass(frozen=True, slots=True)
class Proposal:
    """A TOTP secret that was shown and does not count yet."""

    secret: Personal[str]
    until: datetime


@dataclass(frozen=True, slots=True)
class Totp:
    """An authenticator app."""

    secret: Personal[str]
    last_step: int
    """Of the last code that was given: this one and earlier ones serve no more."""
    added_at: datetime
    used_at: datetime


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey."""

    name: Personal[str]
    credential_id: Personal[str]
    public_key: Personal[str]
    sign_count: int
    synced: bool
    added_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AskedReset:
    """A reset that a second person has to agree to."""

    asked_by: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Return:
    """A way back for who lost every factor: it opens after a wait, for a time."""

    link_id: str
    opens_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Authenticators:
    """The authenticators of one account, of a learner or of staff."""

    account_id: SubjectId = NOBODY
    proposal: Proposal | None = None
    totp: Totp | None = None
    passkeys: dict[str, Passkey] = field(default_factory=dict)
    recovery_codes: Personal[str] | None = None
    spent: tuple[int, ...] = ()
    """Places of the recovery codes that were used."""
    reset: AskedReset | None = None
    way_back: Return | None = None
    """Any use of a factor ends it: nothing was lost then."""

    @property
    def enrolled(self) -> bool:
        """Whether the account has any: its password alone then opens nothing."""
        return self.totp is not None or bool(self.passkeys)

    @property
    def only_one(self) -> bool:
        """Whether removing one would leave none."""
        return len(self.passkeys) + (self.totp is not None) == 1

    @property
    def hashes(self) -> tuple[str, ...]:
        """The keyed hashes of the recovery codes, spent ones too, in their order."""
        codes = self.recovery_codes
        return () if codes is None or codes.is_erased else tuple(codes.text().split())

    @property
    def codes_left(self) -> int:
        """How many recovery codes can still be used."""
        return len(self.hashes) - len(self.spent)

    def running(self, now: datetime) -> Proposal | None:
        """Return the proposed secret unless its time is over."""
        proposal = self.proposal
        return proposal if proposal is not None and now < proposal.until else None

    def named(self, credential_id: str) -> str | None:
        """Return the id of the passkey whose credential this is."""
        for passkey_id, passkey in self.passkeys.items():
            known = passkey.credential_id
            if not known.is_erased and known.text() == credential_id:
                return passkey_id
        return None


NO_AUTHENTICATORS = Authenticators()
