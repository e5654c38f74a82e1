"""Access beyond the compartment over HTTP: taking it, giving it back, and its review (C4.2)."""

from datetime import datetime
from typing import Any, Final, Literal

from fastapi import APIRouter
from pydantic import BaseModel

from services.identity.application.break_glass import BreakGlassAccesses
from services.identity.domain.break_glass.commands import EndAccess, ReviewAccess
from services.identity.entrypoints.bodies import Body, Reason
from services.identity.entrypoints.lists import Page, PageNumber, PageSize
from services.identity.projections.break_glass import BreakGlassList
from services.identity.settings import IdentitySettings
from shared.archive import ArchiveGate, Stated
from shared.consuming.projections import visible
from shared.event_store import Metadata
from shared.events.base import Identifier, SubjectId
from shared.events.identity import EndCause, Verdict
from shared.http.auth import Caller, Role
from shared.http.idempotency import Once
from shared.personal import Category, Erased, Personal
from shared.service import Kernel

State = Literal["", "open", "unreviewed", "reviewed"]
REVIEWERS: Final = frozenset({Role.DPO, Role.SECURITY})


class TakingBody(Body):
    """Whose data, and why; whoever reviews it reads the reason, and so may the person."""

    learner_id: Identifier
    reason: Reason


class ReviewBody(Body):
    """What the review found."""

    verdict: Verdict
    opens_incident: bool = False
    """Whether an access that was not justified becomes an incident."""


class TakenView(BaseModel):
    """An access that is open."""

    access_id: str
    until: datetime


class AccessView(BaseModel):
    """One access with its reason, for whoever reviews it."""

    access_id: str
    subject_id: str
    taken_by: str
    role: str
    reason: str | None
    """As it was written; null once it is forgotten, and of a person in the archive."""
    taken_at: datetime
    until: datetime
    over_at: datetime
    open: bool
    verdict: Verdict | None
    reviewed_by: str | None
    reviewed_at: datetime | None
    incident_id: str | None
    """Of the incident that was opened because of it."""


def break_glass_router(
    kernel: Kernel[IdentitySettings], accesses: BreakGlassAccesses, gate: ArchiveGate
) -> APIRouter:
    """Return the routes of access beyond the compartment."""
    router = APIRouter(prefix="/break-glass", tags=["break-glass"])
    listed = kernel.read_model(BreakGlassList())

    async def page_of(query: dict[str, Any], page: int, size: int) -> Page:
        order = [("taken_at", -1), ("_id", 1)]
        found = await listed.find(query, sort=order, skip=(page - 1) * size, limit=size)
        now = kernel.clock.now()
        items = [{**visible(one), "open": now < one["over_at"]} for one in found]
        return Page(items=items, total=await listed.count(query), page=page, size=size)

    @router.post("", status_code=201)
    async def take(body: TakingBody, who: Caller, once: Once) -> TakenView:
        """Open access to one learner for a short time; the officer and security are told at once.

        404 where there is no such learner, 403 where the person is in the intermediate archive.
        """
        await gate.admit(who, None, body.learner_id, ())
        taken = await accesses.take(
            once.first_id(),
            SubjectId(body.learner_id),
            Personal(body.reason),
            Metadata.by(who, once),
        )
        return TakenView(access_id=taken.access_id, until=taken.until)

    @router.get("/own")
    async def own(who: Caller, page: PageNumber = 1, size: PageSize = 20) -> Page:
        """Return the caller's own accesses, the latest first."""
        return await page_of({"taken_by": who.subject}, page, size)

    @router.get("")
    async def every(state: State = "", page: PageNumber = 1, size: PageSize = 20) -> Page:
        """Return accesses, the latest first: opaque ids, instants and verdicts."""
        queries: dict[State, dict[str, Any]] = {
            "": {},
            "open": {"over_at": {"$gt": kernel.clock.now()}},
            "unreviewed": {"verdict": None},
            "reviewed": {"verdict": {"$ne": None}},
        }
        return await page_of(queries[state], page, size)

    @router.get("/{access_id}")
    async def one(access_id: Identifier, who: Caller, stated: Stated) -> AccessView:
        """Return one access with its reason; of an archived person only with a stated reason."""
        taken, state = await accesses.read(access_id)
        reviewed, now = state.reviewed, kernel.clock.now()
        traced = (Category.TECHNICAL_TRACES,)
        hidden = await gate.hidden(who, stated, {taken.subject_id}, traced)
        return AccessView(
            access_id=access_id,
            subject_id=taken.subject_id,
            taken_by=taken.taken_by,
            role=taken.role,
            reason=None if hidden else _shown(taken.reason),
            taken_at=taken.taken_at,
            until=taken.until,
            over_at=state.over_at or taken.until,
            open=state.is_open(now),
            verdict=reviewed and reviewed.verdict,
            reviewed_by=reviewed and reviewed.reviewed_by,
            reviewed_at=reviewed and reviewed.reviewed_at,
            incident_id=access_id if reviewed and reviewed.suspicion else None,
        )

    @router.post("/{access_id}/end", status_code=204)
    async def end(access_id: Identifier, who: Caller, once: Once) -> None:
        """End an access before its time: one's own, or any as the officer or security."""
        cause: EndCause = "given_back" if who.role not in REVIEWERS else "stopped"
        command = EndAccess(who.subject, cause, kernel.clock.now())
        await accesses.act(access_id, command, Metadata.by(who, once))

    @router.post("/{access_id}/review", status_code=204)
    async def review(access_id: Identifier, body: ReviewBody, who: Caller, once: Once) -> None:
        """Say whether it was justified; who took it cannot (403)."""
        command = ReviewAccess(body.verdict, body.opens_incident, who.subject, kernel.clock.now())
        await accesses.act(access_id, command, Metadata.by(who, once))

    return router


def _shown(value: Personal[str]) -> str | None:
    text = value.reveal()
    return None if isinstance(text, Erased) else text
