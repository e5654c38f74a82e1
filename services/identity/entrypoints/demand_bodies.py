"""Shapes of requests about official demands."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Final, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from services.identity.domain.demand.events import Bans
from services.identity.domain.majority import PARIS
from services.identity.entrypoints.bodies import Body, FileBody
from shared.events.base import Identifier
from shared.events.demands import (
    CheckedPoint,
    ContestForum,
    ContestReason,
    ContestResult,
    DemandAuthority,
    DemandKind,
    DemandScope,
    LegalArticle,
    Secrecy,
)
from shared.personal import WITHOUT_TERM, Category

NOT_DEMANDED: Final = WITHOUT_TERM | {Category.DEMAND, Category.DEAD_LETTERS}
"""Categories that say nothing of persons, or only that a demand is there."""
FIRST_DAY: Final = date(2000, 1, 1)
LAST_DAY: Final = date(2200, 1, 1)
Day = Annotated[date, Field(ge=FIRST_DAY, lt=LAST_DAY)]
"""A day that a clock can reckon with, whatever is typed."""
Named = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=254)]


class ScopeBody(Body):
    """Exactly what is demanded."""

    persons: Annotated[list[Named], Field(max_length=50, default_factory=list)]
    """Addresses or ids; none where the demand is in bulk."""
    categories: Annotated[list[Category], Field(min_length=1)]
    since: Day | None = None
    until: Day | None = None

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        if self.since and self.until and self.since > self.until:
            raise ValueError("the period ends before it begins")
        if set(self.categories) & NOT_DEMANDED:
            raise ValueError("a category that is not about persons")
        return self

    def scope(self, persons: tuple[str, ...] = ()) -> DemandScope:
        """Return the scope, about `persons`."""
        categories = tuple(sorted(set(self.categories)))
        return DemandScope(
            persons=persons, categories=categories, since=self.since, until=self.until
        )


class SecrecyBody(Body):
    """Whether, and until when, the persons may not be told; the day itself is still secret."""

    secrecy: Secrecy
    secret_until: Day | None = None

    def bans(self) -> Bans:
        """Return the ban."""
        last = self.secret_until if self.secrecy == "until" else None
        return Bans(secrecy=self.secrecy, until=None if last is None else end_of(last))


class DemandBody(ScopeBody, SecrecyBody):
    """What an authority demands, as its document says."""

    secrecy: Secrecy = "none"
    kind: DemandKind
    authority: DemandAuthority
    article: LegalArticle
    article_reference: Identifier | None = None
    reference: Identifier
    """File number of the authority, never a name."""
    matter_id: Identifier | None = None
    received_on: Day
    due_on: Day | None = None
    files: Annotated[list[FileBody], Field(max_length=1, default_factory=list)]


class CheckBody(Body):
    """The points of the check that hold."""

    holds: list[CheckedPoint]


class ContestBody(Body):
    """Why, to whom, and until when an answer is expected."""

    reasons: Annotated[list[ContestReason], Field(min_length=1)]
    forum: ContestForum
    until: Day | None = None


class ContestResultBody(Body):
    """What contesting came to, with the narrower scope where there is one."""

    result: ContestResult
    scope: ScopeBody | None = None


class DisclosureBody(Body):
    """Which disclosure is meant: never one that was prepared since the page was shown."""

    disclosure_id: Identifier


class ClosureBody(Body):
    """Why nothing is disclosed."""

    outcome: Literal["refused", "not_possible", "withdrawn"]


def start_of(day: date) -> datetime:
    """Return the first instant of `day` in Paris."""
    return datetime.combine(day, time(), PARIS)


def end_of(day: date) -> datetime:
    """Return the first instant after `day` in Paris."""
    return datetime.combine(day + timedelta(days=1), time(), PARIS)
