"""What is answered about official demands: codes, dates and opaque ids, values only on request."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel

from services.identity.domain.demand.events import ContestBegun, DemandEvent
from services.identity.domain.demand.state import Demand, Disclosure
from shared.database import Document
from shared.events.demands import (
    CONTRIBUTORS,
    CategoryCount,
    CheckedPoint,
    ContestForum,
    ContestReason,
    DemandAuthority,
    DemandKind,
    DemandOutcome,
    DemandStage,
    LegalArticle,
    Secrecy,
    WithheldCount,
)
from shared.personal import Category

DemandState = Literal[
    "received", "checked", "contested", "composing", "composed", "approved", "closed"
]
"""Where a demand stands; `composing` waits for the part of a service."""


class DemandSummary(BaseModel):
    """A demand in the register."""

    demand_id: str
    kind: DemandKind
    authority: DemandAuthority
    article: LegalArticle
    received_at: datetime
    due_at: datetime | None
    named: bool
    checked: bool
    contested: bool
    prepared: bool
    approved: bool
    outcome: DemandOutcome | None
    reminded: DemandStage | None
    overdue: bool
    secrecy: Secrecy
    secret_until: datetime | None
    given_at: datetime | None
    told_at: datetime | None


class NeverHeld(BaseModel):
    """A category that was asked for and of which nothing is held of a person."""

    person: str
    category: Category


class DisclosureView(BaseModel):
    """What is to be disclosed and what is not: how much, of what, and why; never a value."""

    disclosure_id: str
    prepared_by: str
    prepared_at: datetime
    waiting_for: list[str]
    """Services that have not given their part yet."""
    too_large: list[str]
    """Services whose part is more than one file takes: the scope has to be divided."""
    disclosed: list[CategoryCount]
    withheld: list[WithheldCount]
    never_held: list[NeverHeld]
    sha256: str | None
    """What a second person approved, once somebody has."""


class ContestView(BaseModel):
    """Why a demand is contested, to whom, until when an answer is expected."""

    reasons: list[ContestReason]
    forum: ContestForum
    until: datetime | None
    by_rule: bool


class DemandStep(BaseModel):
    """One thing that happened to a demand."""

    at: datetime
    by: str
    event: str


class DemandView(BaseModel):
    """One demand with its scope, the filter's two sides, and its history."""

    demand_id: str
    kind: DemandKind
    authority: DemandAuthority
    article: LegalArticle
    article_reference: str | None
    reference: str
    matter_id: str | None
    received_at: datetime
    due_at: datetime | None
    persons: list[str]
    unknown_persons: int
    categories: list[Category]
    since: date | None
    until: date | None
    secrecy: Secrecy
    secret_until: datetime | None
    has_document: bool
    state: DemandState
    checked: bool
    failed: list[CheckedPoint]
    contest: ContestView | None
    disclosure: DisclosureView | None
    outcome: DemandOutcome | None
    reminded: DemandStage | None
    given_at: datetime | None
    given_values: int
    told: int | None
    """How many persons were told; `null` while nobody has been."""
    history: list[DemandStep]


class DisclosedValue(BaseModel):
    """One value that would be handed over."""

    person: str
    service: str
    category: Category
    field: str
    value: str
    recorded_at: datetime


class DisclosedValues(BaseModel):
    """Every value that would be handed over."""

    items: list[DisclosedValue]


class DemandFile(BaseModel):
    """A file; its content in Base64."""

    name: str
    media_type: str
    content: str


class ToldDisclosure(BaseModel):
    """What an authority was given about the caller."""

    disclosure_id: str
    authority: DemandAuthority
    article: LegalArticle
    categories: list[Category]
    values: int
    disclosed_at: datetime
    told_at: datetime
    was_secret: bool


class ToldDisclosures(BaseModel):
    """What authorities were given about the caller, as far as it may be told."""

    items: list[ToldDisclosure]


class KindOfYear(BaseModel):
    """How many demands of one kind came in a year and what became of them; `null` is masked."""

    year: int
    kind: DemandKind
    received: int | None
    disclosed: int | None
    contested: int | None
    turned_down: int | None


class Transparency(BaseModel):
    """Counts alone; from one to `fewer_than` less one they are masked."""

    fewer_than: int
    rows: list[KindOfYear]


def summary(document: Document, now: datetime) -> DemandSummary:
    """Return a demand of the register as it stands at `now`."""
    late = document["outcome"] is None and document["due_at"] is not None
    return DemandSummary.model_validate(
        {
            **document,
            "demand_id": document["_id"],
            "prepared": document["disclosure_id"] is not None,
            "overdue": late and document["due_at"] < now,
        }
    )


def demand_view(state: Demand, history: Sequence[tuple[datetime, str, DemandEvent]]) -> DemandView:
    """Return a demand with everything but values."""
    contests = [event for _, _, event in history if isinstance(event, ContestBegun)]
    contest = contests[-1] if state.contested else None
    given = (
        0
        if state.given is None
        else sum(one.count for part in state.given.parts for one in part.disclosed)
    )
    return DemandView(
        demand_id=state.demand_id,
        kind=state.kind,
        authority=state.authority,
        article=state.basis.article,
        article_reference=state.basis.article_reference,
        reference=state.basis.reference,
        matter_id=state.basis.matter_id,
        received_at=state.received_at,
        due_at=state.due_at,
        persons=list(state.scope.persons),
        unknown_persons=state.unknown_persons,
        categories=list(state.scope.categories),
        since=state.scope.since,
        until=state.scope.until,
        secrecy=state.bans.secrecy,
        secret_until=state.bans.until,
        has_document=state.document_id is not None,
        state=_stage(state),
        checked=state.checked,
        failed=list(state.failed),
        contest=contest
        and ContestView(
            reasons=list(contest.reasons),
            forum=contest.forum,
            until=contest.until,
            by_rule=contest.by_rule,
        ),
        disclosure=state.disclosure and _disclosure(state.disclosure),
        outcome=state.outcome,
        reminded=state.reminded,
        given_at=None if state.given is None else state.given_at,
        given_values=given,
        told=None if state.told is None else len(state.told),
        history=[DemandStep(at=at, by=by, event=event.type_name()) for at, by, event in history],
    )


def _stage(state: Demand) -> DemandState:
    if state.disclosure is not None:
        if state.disclosure.sha256 is not None:
            return "approved"
        return "composed" if state.disclosure.has_all(CONTRIBUTORS) else "composing"
    if state.closed:
        return "closed"
    if state.contested:
        return "contested"
    return "checked" if state.checked else "received"


def _disclosure(one: Disclosure) -> DisclosureView:
    come = {part.service for part in one.parts}
    disclosed = [count for part in one.parts for count in part.disclosed]
    withheld = [count for part in one.parts for count in part.withheld]
    held = {(count.person, count.category) for count in [*disclosed, *withheld]}
    missing = sorted(CONTRIBUTORS - come)
    never = [
        NeverHeld(person=person, category=category)
        for person in one.scope.persons
        for category in one.scope.categories
        if (person, category) not in held
    ]
    return DisclosureView(
        disclosure_id=one.disclosure_id,
        prepared_by=one.prepared_by,
        prepared_at=one.prepared_at,
        waiting_for=missing,
        too_large=sorted(part.service for part in one.parts if part.too_large),
        disclosed=summed(disclosed),
        withheld=summed_withheld(withheld),
        never_held=[] if missing else never,
        sha256=one.sha256,
    )


def summed(counts: Sequence[CategoryCount]) -> list[CategoryCount]:
    """Return `counts` of several services, one for each person and category."""
    found: dict[tuple[str, Category], int] = {}
    for one in counts:
        key = (one.person, one.category)
        found[key] = found.get(key, 0) + one.count
    return [
        CategoryCount(person=person, category=category, count=count)
        for (person, category), count in sorted(found.items())
    ]


def summed_withheld(counts: Sequence[WithheldCount]) -> list[WithheldCount]:
    """Return `counts` of several services, one for each person, category and reason."""
    found: dict[tuple[str, Category, Any], int] = {}
    for one in counts:
        key = (one.person, one.category, one.reason)
        found[key] = found.get(key, 0) + one.count
    return [
        WithheldCount(person=person, category=category, reason=reason, count=count)
        for (person, category, reason), count in sorted(found.items())
    ]
