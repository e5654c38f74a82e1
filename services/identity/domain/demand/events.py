"""What happened to an official demand, as this service stores it: codes, opaque ids and dates.

What it says in words is the authority's document, sealed under the demand's own key.
"""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict

from shared.events.base import DomainEvent, Identifier, SubjectId
from shared.events.demands import (
    CategoryCount,
    CheckedPoint,
    ContestForum,
    ContestReason,
    ContestResult,
    DemandAuthority,
    DemandKind,
    DemandOutcome,
    DemandScope,
    DemandStage,
    EndReason,
    LegalArticle,
    Secrecy,
    WithheldCount,
)
from shared.events.support import MediaType
from shared.personal import Category, Personal, PersonalField


class Basis(BaseModel):
    """On which article a demand rests, and the file it belongs to."""

    model_config = ConfigDict(frozen=True)

    article: LegalArticle
    article_reference: Identifier | None = None
    """The article where it is another one than those known."""
    reference: Identifier
    """File number of the authority, never a name."""
    matter_id: Identifier | None = None
    """The matter whose holds keep the data meanwhile, where there is one."""


class Bans(BaseModel):
    """Whether, and until when, the persons may not be told."""

    model_config = ConfigDict(frozen=True)

    secrecy: Secrecy = "none"
    until: datetime | None = None


class Part(BaseModel):
    """What a service says of its part of a disclosure: never a value."""

    model_config = ConfigDict(frozen=True)

    service: Identifier
    sha256: Identifier
    size: int
    too_large: bool
    disclosed: tuple[CategoryCount, ...]
    withheld: tuple[WithheldCount, ...]


class DemandNoted(DomainEvent):
    """An authority demands data."""

    demand_id: Identifier
    subject_id: SubjectId
    kind: DemandKind
    authority: DemandAuthority
    basis: Basis
    received_at: datetime
    due_at: datetime | None
    scope: DemandScope
    unknown_persons: int
    bans: Bans
    document_id: Identifier | None = None
    document_name: Annotated[
        Personal[str] | None,
        PersonalField(Category.DEMAND, about="subject_id", object="demand_id"),
    ] = None
    media_type: MediaType | None = None
    noted_by: Identifier


class PointsChecked(DomainEvent):
    """Every point of the check was answered; `failed` ones with no."""

    demand_id: Identifier
    failed: tuple[CheckedPoint, ...]
    checked_by: Identifier


class ContestBegun(DomainEvent):
    """The demand is contested."""

    demand_id: Identifier
    reasons: tuple[ContestReason, ...]
    forum: ContestForum
    until: datetime | None
    by_rule: bool = False
    """Whether nobody decided it: it names no person."""


class ContestSettled(DomainEvent):
    """What contesting came to; `scope` is what may be asked for from now on."""

    demand_id: Identifier
    result: ContestResult
    scope: DemandScope


class SecrecyChanged(DomainEvent):
    """The ban on telling is another one."""

    demand_id: Identifier
    bans: Bans


class DisclosurePrepared(DomainEvent):
    """Every service was asked for its part."""

    demand_id: Identifier
    disclosure_id: Identifier
    scope: DemandScope
    prepared_by: Identifier
    prepared_at: datetime


class PartTaken(DomainEvent):
    """A service has composed its part."""

    NEVER_PUBLISHED = True

    demand_id: Identifier
    disclosure_id: Identifier
    part: Part


class DisclosureAgreed(DomainEvent):
    """A second person agreed to it as it was composed."""

    demand_id: Identifier
    disclosure_id: Identifier
    sha256: Identifier
    agreed_by: Identifier


class DisclosureGivenUp(DomainEvent):
    """What was prepared is not handed over."""

    demand_id: Identifier
    disclosure_id: Identifier
    reason: EndReason
    by: Identifier


class DisclosureDelivered(DomainEvent):
    """The file was given to who hands it over; its copy here goes."""

    demand_id: Identifier
    disclosure_id: Identifier
    sha256: Identifier
    delivered_by: Identifier
    delivered_at: datetime


class TermReminded(DomainEvent):
    """Part of the term for the answer is over, or all of it."""

    demand_id: Identifier
    stage: DemandStage
    due_at: datetime


class DemandEnded(DomainEvent):
    """The demand is over."""

    demand_id: Identifier
    outcome: DemandOutcome
    by: Identifier


class PersonsTold(DomainEvent):
    """Whoever could still be reached has been told; `unreached` had been erased before."""

    demand_id: Identifier
    told: tuple[Identifier, ...]
    unreached: tuple[Identifier, ...]


class PersonTold(DomainEvent):
    """One person is told, in a stream of their own: from now on it is among their data."""

    subject_id: SubjectId
    disclosure_id: Identifier
    authority: DemandAuthority
    article: LegalArticle
    categories: tuple[Category, ...]
    values: int
    disclosed_at: datetime
    was_secret: bool


DemandEvent = (
    DemandNoted
    | PointsChecked
    | ContestBegun
    | ContestSettled
    | SecrecyChanged
    | DisclosurePrepared
    | PartTaken
    | DisclosureAgreed
    | DisclosureGivenUp
    | DisclosureDelivered
    | TermReminded
    | DemandEnded
    | PersonsTold
)
