"""What happened in an erasure case, as this service stores it; free of personal data."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from shared.events.base import DomainEvent, Identifier, SubjectId
from shared.events.erasure import ErasureMode, Found, KeyScope, Searched
from shared.events.retention import CaseReason
from shared.personal import Category


class PlannedRule(BaseModel):
    """A rule that lets a scope go."""

    model_config = ConfigDict(frozen=True)

    rule_id: Identifier
    promises: tuple[Identifier, ...]


class CasePlanned(DomainEvent):
    """What is to go, why, and who must take part."""

    case_id: Identifier
    subject_id: SubjectId
    scopes: tuple[KeyScope, ...]
    mode: ErasureMode
    reason: CaseReason
    rules: tuple[PlannedRule, ...]
    rules_version: Identifier
    participants: tuple[Identifier, ...]
    closes_account: bool
    due: datetime
    planned_at: datetime


class PersonNotified(DomainEvent):
    """How the person knows of it."""

    how: Literal["announced", "own_request", "no_notice_owed"]
    notified_at: datetime


class OrderGiven(DomainEvent):
    """The participants were told to erase; the first time or again. It repeats the whole order."""

    case_id: Identifier
    subject_id: SubjectId
    scopes: tuple[KeyScope, ...]
    mode: ErasureMode
    reason: CaseReason
    rule_ids: tuple[Identifier, ...]
    closes_account: bool
    attempt: int
    missing: tuple[Identifier, ...]
    """Participants that have not acknowledged."""
    ordered_at: datetime
    deadline: datetime


class ServiceAcknowledged(DomainEvent):
    """A participant has erased its part."""

    service: Identifier
    counts: dict[Category, int]
    acknowledged_at: datetime


class ScopesWithheld(DomainEvent):
    """A hold came in between: these scopes stay, and go by a later case."""

    scopes: tuple[KeyScope, ...]
    hold_ids: tuple[Identifier, ...]
    withheld_at: datetime
    undisclosed: tuple[KeyScope, ...] = ()
    """Those of which the person must not learn: the certificate does not tell of them."""


class KeyWasDisabled(DomainEvent):
    """The scope is unreadable from now on, having been entered in the ledger."""

    case_id: Identifier
    subject_id: SubjectId
    scope: KeyScope
    ledger: Identifier
    """Hash of the ledger's entry."""
    disabled_at: datetime
    destroy_at: datetime
    """When the safety delay is over."""


class KeyWasEnabled(DomainEvent):
    """A hold came in between disabling and destruction: the scope is readable again."""

    case_id: Identifier
    subject_id: SubjectId
    scope: KeyScope
    hold_ids: tuple[Identifier, ...]
    enabled_at: datetime


class KeyWasDestroyed(DomainEvent):
    """The data key of one scope is gone, having been entered in the ledger."""

    case_id: Identifier
    subject_id: SubjectId
    scope: KeyScope
    ledger: Identifier
    """Hash of the ledger's entry."""
    destroyed_at: datetime


class VerificationAsked(DomainEvent):
    """The services were told to search all their stores; the first time or again."""

    case_id: Identifier
    subject_id: SubjectId
    scopes: tuple[KeyScope, ...]
    round: int
    """Searches of the case so far, this one included; asking again begins none."""
    services: tuple[Identifier, ...]
    """Who has to search in this round."""
    asked_at: datetime
    deadline: datetime


class ServiceSearched(DomainEvent):
    """A service has searched all its stores and told what it found."""

    service: Identifier
    round: int
    searched: Searched
    found: tuple[Found, ...]
    searched_at: datetime


class ErasureVerified(DomainEvent):
    """It was tried: no scope has a key, none can get one, and no store holds anything of it."""

    checks: int
    verified_at: datetime


class VerificationFailed(DomainEvent):
    """Some scope could still be read, or something was found; it is tried again."""

    scopes: tuple[KeyScope, ...]
    """Whose key is to be destroyed again."""
    places: tuple[Identifier, ...] = ()
    """Where something was found; never what."""
    attempt: int
    failed_at: datetime
    deadline: datetime


class CaseCertified(DomainEvent):
    """The certificate is written: the case is closed."""

    certificate: dict[str, Any]
    signature: str
    """Base64 of the Ed25519 signature over the certificate's canonical JSON."""
    key_id: Identifier
    certified_at: datetime


CaseEvent = (
    CasePlanned
    | PersonNotified
    | OrderGiven
    | ServiceAcknowledged
    | ScopesWithheld
    | KeyWasDisabled
    | KeyWasEnabled
    | KeyWasDestroyed
    | VerificationAsked
    | ServiceSearched
    | ErasureVerified
    | VerificationFailed
    | CaseCertified
)
