"""What can be asked of an official demand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from services.identity.domain.demand.events import Bans, Basis, Part
from shared.events.demands import (
    CheckedPoint,
    ContestForum,
    ContestReason,
    ContestResult,
    DemandAuthority,
    DemandKind,
    DemandOutcome,
    DemandScope,
    EndReason,
)
from shared.personal import Personal


@dataclass(frozen=True, slots=True)
class RegisterDemand:
    """Note what an authority asks for."""

    demand_id: str
    kind: DemandKind
    authority: DemandAuthority
    basis: Basis
    received_at: datetime
    due_at: datetime | None
    scope: DemandScope
    unknown_persons: int
    """How many of those it names are nobody whom we know."""
    bans: Bans
    document_id: str | None
    document_name: Personal[str] | None
    media_type: str | None
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CheckDemand:
    """Answer every point of the check."""

    answers: Mapping[CheckedPoint, bool]
    by: str


@dataclass(frozen=True, slots=True)
class ContestDemand:
    """Contest it: nothing is disclosed meanwhile."""

    reasons: tuple[ContestReason, ...]
    forum: ContestForum
    until: datetime | None


@dataclass(frozen=True, slots=True)
class SettleContest:
    """Record what contesting it came to; `scope` where it was narrowed."""

    result: ContestResult
    at: datetime
    scope: DemandScope | None = None


@dataclass(frozen=True, slots=True)
class ChangeSecrecy:
    """Record that the ban on telling was extended, shortened, placed or taken away."""

    bans: Bans
    at: datetime


@dataclass(frozen=True, slots=True)
class PrepareDisclosure:
    """Have every service compose what the scope covers."""

    disclosure_id: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TakePart:
    """Record that a service has composed its part."""

    disclosure_id: str
    part: Part


@dataclass(frozen=True, slots=True)
class ApproveDisclosure:
    """Agree, as the second person, to what was composed."""

    disclosure_id: str
    by: str


@dataclass(frozen=True, slots=True)
class EndDisclosure:
    """Give up what was to be disclosed."""

    disclosure_id: str
    reason: EndReason
    by: str


@dataclass(frozen=True, slots=True)
class DeliverDisclosure:
    """Hand over what was approved, once."""

    disclosure_id: str
    sha256: str
    """Of the file that is handed over."""
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CloseDemand:
    """End it without a disclosure."""

    outcome: DemandOutcome
    by: str


@dataclass(frozen=True, slots=True)
class NoteTold:
    """Record that the persons were told; `unreached` have been erased before."""

    told: tuple[str, ...]
    unreached: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FollowDemand:
    """Let time do its part: remind of the term, let an old copy go."""

    at: datetime


DemandCommand = (
    RegisterDemand
    | CheckDemand
    | ContestDemand
    | SettleContest
    | ChangeSecrecy
    | PrepareDisclosure
    | TakePart
    | ApproveDisclosure
    | EndDisclosure
    | DeliverDisclosure
    | CloseDemand
    | NoteTold
    | FollowDemand
)
