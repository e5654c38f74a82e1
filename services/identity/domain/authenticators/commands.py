"""What can be asked of an account's authenticators."""

from dataclasses import dataclass
from datetime import datetime

from services.identity.domain.authenticators.events import Holder
from shared.events.base import SubjectId
from shared.personal import Personal


@dataclass(frozen=True, slots=True)
class ProposeTotp:
    """Show a secret; the one shown before stays while its time is not over."""

    account_id: SubjectId
    secret: Personal[str]
    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class ConfirmTotp:
    """Let the proposed secret count: `step` is that of the code given, `None` of a wrong one."""

    holder: Holder
    step: int | None
    at: datetime
    hashes: Personal[str]
    """Of recovery codes, for who has none yet."""


@dataclass(frozen=True, slots=True)
class UseCode:
    """Show who one is by a code: `step` is its time step, `None` where it belongs to none."""

    step: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class RemoveTotp:
    """Do without codes."""

    holder: Holder


@dataclass(frozen=True, slots=True)
class AddPasskey:
    """Let a passkey count, whose attestation was verified."""

    account_id: SubjectId
    holder: Holder
    passkey_id: str
    name: Personal[str]
    credential_id: Personal[str]
    public_key: Personal[str]
    sign_count: int
    synced: bool
    at: datetime
    hashes: Personal[str]
    """Of recovery codes, for who has none yet."""


@dataclass(frozen=True, slots=True)
class UsePasskey:
    """Show who one is by a passkey whose signature was verified."""

    passkey_id: str
    sign_count: int
    at: datetime


@dataclass(frozen=True, slots=True)
class RemovePasskey:
    """Do without a passkey."""

    holder: Holder
    passkey_id: str


@dataclass(frozen=True, slots=True)
class RenamePasskey:
    """Call a passkey something else."""

    passkey_id: str
    name: Personal[str]


@dataclass(frozen=True, slots=True)
class AskReturn:
    """Say that every factor is lost; whoever says so has given the right password."""

    holder: Holder
    link_id: str
    token: Personal[str]
    stop_token: Personal[str]
    previous_email: Personal[str] | None
    at: datetime
    opens_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class StopReturn:
    """It was not the account's owner."""

    link_id: str


@dataclass(frozen=True, slots=True)
class TakeReturn:
    """Remove every factor, after the wait, by the link `link_id`."""

    link_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RenewRecoveryCodes:
    """Replace the recovery codes."""

    holder: Holder
    hashes: Personal[str]


@dataclass(frozen=True, slots=True)
class UseRecoveryCode:
    """Show who one is by a recovery code."""

    holder: Holder
    hash: str


@dataclass(frozen=True, slots=True)
class AskReset:
    """Have every authenticator of somebody removed; the system itself needs no second person."""

    holder: Holder
    by: str
    by_system: bool
    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class ConfirmReset:
    """Agree to a reset as the second person."""

    holder: Holder
    by: str
    at: datetime


AuthenticatorCommand = (
    ProposeTotp
    | ConfirmTotp
    | UseCode
    | RemoveTotp
    | AddPasskey
    | UsePasskey
    | RemovePasskey
    | RenamePasskey
    | AskReturn
    | StopReturn
    | TakeReturn
    | RenewRecoveryCodes
    | UseRecoveryCode
    | AskReset
    | ConfirmReset
)
