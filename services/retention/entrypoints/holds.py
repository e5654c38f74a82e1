"""What the data protection officer does about holds, and what the learner sees of them (C6.2)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.retention.application.uses import Uses
from services.retention.domain.errors import HoldNotFoundError
from services.retention.domain.hold.commands import (
    REVIEW_EVERY,
    ExtendHold,
    PlaceHold,
    ReviewHold,
    Verdict,
)
from services.retention.domain.hold.decide import LONGEST_PERIOD
from services.retention.domain.hold.events import Reason
from services.retention.domain.proposal.acts import Act, LiftHold, NarrowHold
from services.retention.entrypoints.hold_views import (
    HoldState,
    history_view,
    hold_view,
    in_state,
    told_view,
)
from services.retention.entrypoints.paging import (
    PAGE,
    DayOrInstant,
    Page,
    beginning_of,
    instant_of,
    page_of,
)
from services.retention.entrypoints.proposals import asked
from shared.event_store import Metadata
from shared.events.base import Identifier, SubjectId
from shared.events.retention import Authority, Ground, HeldScope
from shared.http.auth import Caller
from shared.http.idempotency import Once
from shared.personal import Category

MOST_SCOPES = 200
Scopes = Annotated[list[HeldScope], Field(max_length=MOST_SCOPES)]


class HoldBody(BaseModel):
    """A hold to place; free of personal data."""

    subject_id: Identifier
    categories: list[Category] = []
    """Categories of which all is kept."""
    scopes: Scopes = []
    """Single objects that are kept beside."""
    expires_at: DayOrInstant
    """A day is kept until it is over in Paris."""
    matter_id: Identifier | None = None
    """The matter it belongs to; one is opened with it where there is none."""
    ground: Ground = "litigation"
    """Of a matter that is opened with it, like the two that follow."""
    authority: Authority = "internal"
    reference: Identifier = "none"
    """File number of the authority or court, never a name."""
    reviewer: Identifier | None = None
    """Who answers for it; the caller when absent."""
    review_every: Annotated[int, Field(ge=1, le=LONGEST_PERIOD)] = REVIEW_EVERY
    """Months between reviews."""
    disclosed_from: DayOrInstant | None = None
    """The person must not learn of it before that day has begun in Paris; at once when absent."""


class ExtensionBody(BaseModel):
    """A hold that is to end later, and why."""

    expires_at: DayOrInstant
    reason: Reason
    reference: Identifier = "none"
    disclosed_from: DayOrInstant | None = None


class ReviewedView(BaseModel):
    """What a review led to: nothing more where the hold is kept."""

    proposal_id: str | None
    """What a second person has to confirm."""
    expires_at: datetime | None


class ReviewBody(BaseModel):
    """What came of a review."""

    outcome: Verdict
    reason: Reason
    reference: Identifier = "none"
    review_at: DayOrInstant | None = None
    """The next review; one period from now when absent."""
    categories: list[Category] = []
    scopes: Scopes = []
    """With `categories`, what is left of a hold that is narrowed."""


def holds_router(uses: Uses) -> APIRouter:
    """Return the routes of holds."""
    router = APIRouter(tags=["holds"])

    @router.get("/holds")
    async def holds(
        state: HoldState | Literal[""] = "",
        subject: str = "",
        matter: str = "",
        page: Page = 1,
    ) -> dict[str, Any]:
        """Return a page of holds, the latest first, narrowed by state, person or matter."""
        now = uses.clock.now()
        query: dict[str, Any] = dict(in_state(state, now)) if state else {}
        query |= {n: v for n, v in (("subject_id", subject), ("matter_id", matter)) if v}
        found = await uses.hold_list.find(
            query, sort=[("placed_at", -1)], skip=(page - 1) * PAGE, limit=PAGE
        )
        items = [hold_view(one, now) for one in found]
        return page_of(items, page, await uses.hold_list.count(query))

    @router.get("/holds/{hold_id}")
    async def hold(hold_id: str) -> dict[str, Any]:
        """Return one hold as it stands and what happened to it, file numbers included."""
        history = await uses.holds.history(hold_id)
        if not history:
            raise HoldNotFoundError
        listed = await uses.hold_list.get(hold_id)
        now = uses.clock.now()
        return {
            "hold_id": hold_id,
            **(hold_view(listed, now) if listed else {}),
            "history": history_view(history),
        }

    @router.post("/holds", status_code=201)
    async def place_hold(body: HoldBody, officer: Caller, once: Once) -> dict[str, str]:
        """Keep parts of one person's data from going (C6.2, C8.4)."""
        hold_id, now = once.first_id(), uses.clock.now()
        ground, authority, reference = body.ground, body.authority, body.reference
        if body.matter_id is not None and once.earlier is None:
            matter = await uses.matters.in_progress(body.matter_id)
            ground, authority, reference = matter.ground, matter.authority, matter.reference
        command = PlaceHold(
            hold_id=hold_id,
            matter_id=body.matter_id or hold_id,
            subject_id=SubjectId(body.subject_id),
            scopes=_scopes(body.categories, body.scopes),
            ground=ground,
            authority=authority,
            reference=reference,
            reviewer=body.reviewer or officer.subject,
            expires_at=instant_of(body.expires_at),
            at=now,
            review_every=body.review_every,
            disclosed_from=_begins(body.disclosed_from),
        )
        return {"hold_id": await uses.holds.place(command, Metadata.by(officer, once))}

    @router.post("/holds/{hold_id}/extension", status_code=204)
    async def extend_hold(hold_id: str, body: ExtensionBody, officer: Caller, once: Once) -> None:
        """Let a hold end later."""
        command = ExtendHold(
            expires_at=instant_of(body.expires_at),
            reason=body.reason,
            reference=body.reference,
            by=officer.subject,
            at=uses.clock.now(),
            disclosed_from=_begins(body.disclosed_from),
        )
        await uses.holds.extend(hold_id, command, Metadata.by(officer, once))

    @router.post("/holds/{hold_id}/review", status_code=202)
    async def review_hold(
        hold_id: Identifier, body: ReviewBody, officer: Caller, once: Once
    ) -> ReviewedView:
        """Record a review that keeps the hold; ask a second person to narrow or to lift it."""
        meta = Metadata.by(officer, once)
        review_at = None if body.review_at is None else instant_of(body.review_at)
        if body.outcome == "keep":
            command = ReviewHold(
                outcome=body.outcome,
                reason=body.reason,
                reference=body.reference,
                by=officer.subject,
                at=uses.clock.now(),
                review_at=review_at,
            )
            await uses.holds.review(hold_id, command, meta)
            return ReviewedView(proposal_id=None, expires_at=None)
        act: Act = LiftHold(hold_id=hold_id, reason=body.reason, reference=body.reference)
        if body.outcome == "narrow":
            act = NarrowHold(
                hold_id=hold_id,
                scopes=_scopes(body.categories, body.scopes),
                review_at=review_at,
                reason=body.reason,
                reference=body.reference,
            )
        proposed = await asked(uses, act, meta)
        return ReviewedView(**proposed.model_dump())

    @router.get("/me/holds")
    async def my_holds(learner: Caller) -> dict[str, Any]:
        """Return the holds over the caller's data that the law permits to tell of (C6.2)."""
        now = uses.clock.now()
        permitted: Mapping[str, Any] = {
            "subject_id": learner.subject,
            "$or": [{"disclosed_from": None}, {"disclosed_from": {"$lte": now}}],
        }
        found = await uses.hold_list.find(permitted, sort=[("placed_at", -1)], limit=1000)
        return {"items": [told_view(one, now) for one in found]}

    return router


def _scopes(categories: list[Category], scopes: list[HeldScope]) -> tuple[HeldScope, ...]:
    return (*(HeldScope(category=category) for category in categories), *scopes)


def _begins(day: DayOrInstant | None) -> datetime | None:
    return None if day is None else beginning_of(day)
