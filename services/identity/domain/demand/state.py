"""What the rules need to know of an official demand."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Literal

from services.identity.domain.demand.events import Bans, Basis, Part
from shared.events.demands import (
    CheckedPoint,
    DemandAuthority,
    DemandKind,
    DemandOutcome,
    DemandScope,
    DemandStage,
)

NEVER: Final = datetime.min.replace(tzinfo=UTC)
DemandState = Literal[
    "received", "checked", "contested", "composing", "composed", "approved", "closed"
]
"""Where it stands; `composing` waits for a service's part."""


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What is to be disclosed, as far as it has come."""

    disclosure_id: str
    scope: DemandScope
    prepared_by: str
    prepared_at: datetime
    parts: tuple[Part, ...] = ()
    sha256: str | None = None
    """Of the list of parts, once a second person agreed."""

    def has_all(self, contributors: frozenset[str]) -> bool:
        """Whether every one of `contributors` has given a whole part."""
        whole = {part.service for part in self.parts if not part.too_large}
        return whole >= contributors


@dataclass(frozen=True, slots=True)
class Demand:
    """An official demand; `demand_id` is empty while nothing has happened."""

    demand_id: str = ""
    kind: DemandKind = "judicial"
    authority: DemandAuthority = "court"
    basis: Basis = field(default=Basis(article="other", reference="none"))
    received_at: datetime = NEVER
    due_at: datetime | None = None
    scope: DemandScope = field(default=DemandScope(persons=(), categories=()))
    unknown_persons: int = 0
    bans: Bans = field(default=Bans())
    was_secret: bool = False
    document_id: str | None = None
    media_type: str | None = None
    checked: bool = False
    failed: tuple[CheckedPoint, ...] = ()
    contested: bool = False
    disclosure: Disclosure | None = None
    """What is prepared, and neither handed over nor given up."""
    given: Disclosure | None = None
    """What was handed over, the first time."""
    given_at: datetime = NEVER
    outcome: DemandOutcome | None = None
    reminded: DemandStage | None = None
    told: tuple[str, ...] | None = None
    """Who was told, `None` while nobody has been."""

    @property
    def closed(self) -> bool:
        """Whether it is over."""
        return self.outcome is not None

    def owes_telling(self, at: datetime) -> bool:
        """Whether the persons are to be told now of what was disclosed about them."""
        return self.given is not None and self.told is None and may_tell(self.bans, at)


def may_tell(bans: Bans, at: datetime) -> bool:
    """Whether the law permits at `at` that the persons are told."""
    match bans.secrecy:
        case "none":
            return True
        case "until":
            return bans.until is not None and at >= bans.until
        case "open":
            return False


NO_DEMAND: Final = Demand()
