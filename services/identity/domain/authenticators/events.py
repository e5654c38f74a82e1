"""What happened to an account's authenticators, as this service stores it."""

from datetime import datetime
from typing import Annotated, Literal

from shared.events.base import DomainEvent, Identifier, SubjectId
from shared.personal import Category, Personal, PersonalField

Credentials = PersonalField(Category.CREDENTIALS, about="account_id")
OfContact = PersonalField(Category.CONTACT, about="account_id")
Holder = Literal["learner", "staff"]


class TotpProposed(DomainEvent):
    """A secret is shown; it counts once a first code made with it was given, before `until`."""

    account_id: SubjectId
    secret: Annotated[Personal[str], Credentials]
    until: datetime


class TotpAdded(DomainEvent):
    """The proposed secret counts; the code of time step `step` was given for it (RFC 6238)."""

    account_id: SubjectId
    holder: Holder
    step: int
    at: datetime


class CodeUsed(DomainEvent):
    """A code was given; neither it nor an earlier one serves again."""

    account_id: SubjectId
    step: int
    at: datetime


class TotpRemoved(DomainEvent):
    """Codes no longer open the account."""

    account_id: SubjectId
    holder: Holder


class PasskeyAdded(DomainEvent):
    """A passkey opens the account from now on (WebAuthn)."""

    account_id: SubjectId
    holder: Holder
    passkey_id: Identifier
    name: Annotated[Personal[str], Credentials]
    """What its owner calls it."""
    credential_id: Annotated[Personal[str], Credentials]
    public_key: Annotated[Personal[str], Credentials]
    sign_count: int
    synced: bool
    """Whether the provider of the passkey keeps copies of it."""
    at: datetime


class PasskeyUsed(DomainEvent):
    """A passkey signed a challenge."""

    account_id: SubjectId
    passkey_id: Identifier
    sign_count: int
    at: datetime


class PasskeyRemoved(DomainEvent):
    """A passkey no longer opens the account."""

    account_id: SubjectId
    holder: Holder
    passkey_id: Identifier


class PasskeyRenamed(DomainEvent):
    """Its owner calls a passkey something else."""

    account_id: SubjectId
    passkey_id: Identifier
    name: Annotated[Personal[str], Credentials]


class ReturnAsked(DomainEvent):
    """Every factor is said to be lost: the link removes them from `opens_at` to `until`."""

    account_id: SubjectId
    link_id: Identifier
    token: Annotated[Personal[str], OfContact]
    stop_token: Annotated[Personal[str], OfContact]
    previous_email: Annotated[Personal[str] | None, OfContact] = None
    opens_at: datetime
    until: datetime


class ReturnStopped(DomainEvent):
    """The account's owner did not ask for it: the factors stay."""

    account_id: SubjectId


class RecoveryCodesMade(DomainEvent):
    """New recovery codes take the place of those before; only their keyed hashes are known."""

    account_id: SubjectId
    holder: Holder
    hashes: Annotated[Personal[str], Credentials]
    """Separated by spaces."""
    renewed: bool
    """Whether their owner asked for new ones."""


class RecoveryCodeUsed(DomainEvent):
    """The code at `place` was given, and does not serve again."""

    account_id: SubjectId
    holder: Holder
    place: int


class ResetAsked(DomainEvent):
    """An administrator wants somebody's authenticators gone; a second one has to agree."""

    account_id: SubjectId
    holder: Holder
    asked_by: Identifier
    until: datetime


class AuthenticatorsReset(DomainEvent):
    """Every authenticator is gone: the account's owner enrols anew."""

    account_id: SubjectId
    holder: Holder
    confirmed_by: Identifier


AuthenticatorEvent = (
    TotpProposed
    | TotpAdded
    | CodeUsed
    | TotpRemoved
    | PasskeyAdded
    | PasskeyUsed
    | PasskeyRemoved
    | PasskeyRenamed
    | ReturnAsked
    | ReturnStopped
    | RecoveryCodesMade
    | RecoveryCodeUsed
    | ResetAsked
    | AuthenticatorsReset
)
