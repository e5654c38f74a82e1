"""The steps of an erasure case. Each is recorded after its effect, so repeating it is harmless."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.retention.domain.erasure.events import PlannedRule
from shared.events.base import SubjectId
from shared.events.erasure import ErasureMode, Found, KeyScope, Searched
from shared.events.retention import CaseReason
from shared.personal import Category


@dataclass(frozen=True, slots=True)
class PlanCase:
    """Open a case."""

    case_id: str
    subject_id: SubjectId
    scopes: tuple[KeyScope, ...]
    mode: ErasureMode
    reason: CaseReason
    rules: tuple[PlannedRule, ...]
    rules_version: str
    participants: tuple[str, ...]
    closes_account: bool
    due: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class RecordNotice:
    """Note how the person knows."""

    announced: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class OrderServices:
    """Tell the participants, or those that are late again."""

    patience: timedelta
    at: datetime


@dataclass(frozen=True, slots=True)
class RecordAcknowledgement:
    """A participant has erased its part."""

    service: str
    counts: dict[Category, int]
    at: datetime


@dataclass(frozen=True, slots=True)
class WithholdScopes:
    """Leave out what a hold keeps; what was disabled of it is readable again."""

    scopes: tuple[KeyScope, ...]
    hold_ids: tuple[str, ...]
    at: datetime
    undisclosed: tuple[KeyScope, ...] = ()
    """Those of which the person must not learn."""


@dataclass(frozen=True, slots=True)
class RecordDisabling:
    """The keys open and seal nothing any more."""

    ledger: tuple[str, ...]
    """Hashes of the ledger's entries, in the order of the case's scopes."""
    delay: timedelta
    """How long the keys are kept, in case a hold comes."""
    at: datetime


@dataclass(frozen=True, slots=True)
class RecordDestruction:
    """The keys are gone."""

    ledger: tuple[str, ...]
    """Hashes of the ledger's entries, in the order of the case's undestroyed scopes."""
    at: datetime


@dataclass(frozen=True, slots=True)
class AskVerification:
    """Have the services search their stores, or those that are late again."""

    services: tuple[str, ...]
    patience: timedelta
    at: datetime


@dataclass(frozen=True, slots=True)
class RecordSearch:
    """A service has searched its stores."""

    service: str
    round: int
    searched: Searched
    found: tuple[Found, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class RecordVerification:
    """It was tried to read what is gone, and every service has searched."""

    readable: tuple[KeyScope, ...]
    """Scopes that could still be read: must be empty."""
    patience: timedelta
    at: datetime


@dataclass(frozen=True, slots=True)
class CertifyCase:
    """Close the case with its signed certificate."""

    certificate: dict[str, Any]
    signature: str
    key_id: str
    at: datetime


CaseCommand = (
    PlanCase
    | RecordNotice
    | OrderServices
    | RecordAcknowledgement
    | WithholdScopes
    | RecordDisabling
    | RecordDestruction
    | AskVerification
    | RecordSearch
    | RecordVerification
    | CertifyCase
)
