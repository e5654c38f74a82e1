"""Live sessions: a trainer plans them, an administrator assigns an external speaker (C6.3)."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel

from services.learning.application.handle import Learning, live_session_stream
from services.learning.application.teaching import require_colleague, teaching_of
from services.learning.domain.catalogue.text import Language
from services.learning.domain.errors import LiveSessionNotFoundError
from services.learning.domain.live_session.commands import (
    AssignSpeaker,
    CancelSession,
    LiveSessionCommand,
    MoveSession,
    PlanSession,
    WithdrawSpeaker,
)
from services.learning.domain.teaching.state import Group
from services.learning.entrypoints.asking import PAGE_SIZE, In, Page, PageOf, page_of
from services.learning.entrypoints.assignments import GroupView, group_views
from shared.cohorts import Cohort
from shared.event_store import Metadata
from shared.events.base import Identifier
from shared.http.auth import Caller, Principal, Role
from shared.http.idempotency import Once


class SessionBody(BaseModel):
    """When a group meets; without a cohort everybody who takes the module."""

    module_id: Identifier
    cohort: Cohort | None = None
    starts_at: AwareDatetime
    ends_at: AwareDatetime


class TimesBody(BaseModel):
    """When a group meets instead."""

    starts_at: AwareDatetime
    ends_at: AwareDatetime


class PlannedView(BaseModel):
    """The session's id."""

    session_id: str


class SpeakerBody(BaseModel):
    """Which external speaker comes."""

    speaker_id: Identifier


class SessionView(GroupView):
    """A live session; who takes part is said elsewhere, to whoever may know."""

    session_id: str
    trainer_id: str
    speaker_id: str | None
    starts_at: datetime
    ends_at: datetime
    cancelled: bool
    moves: int
    """How often it was moved: RFC 5545 SEQUENCE of a calendar file."""


def live_sessions_router(learning: Learning) -> APIRouter:
    """Return the routes about live sessions."""
    router = APIRouter(tags=["live-sessions"])

    @router.get("/live-sessions")
    async def upcoming(who: Caller, language: In, page: Page = 1) -> PageOf[SessionView]:
        """List sessions that are not over: a trainer's or speaker's own, all to administrators."""
        query = {"ends_at": {"$gt": learning.clock.now()}, "cancelled": False, **_own(who)}
        found = await learning.live_session_list.find(
            query,
            sort=[("starts_at", 1), ("_id", 1)],
            skip=(page - 1) * PAGE_SIZE,
            limit=PAGE_SIZE,
        )
        views = [_view(learning, one, language) for one in found]
        return page_of(views, page, await learning.live_session_list.count(query))

    @router.post("/live-sessions", status_code=201)
    async def plan(body: SessionBody, who: Caller, once: Once) -> PlannedView:
        """Plan a session with a group that the caller teaches."""
        session_id = once.first_id()
        if once.earlier is None:
            command = PlanSession(
                session_id,
                who.subject,
                await teaching_of(learning, who.subject),
                Group(body.module_id, body.cohort),
                body.starts_at,
                body.ends_at,
                learning.clock.now(),
            )
            await learning.live_sessions.handle(
                live_session_stream(session_id),
                command,
                subject=who.subject,
                meta=Metadata.by(who, once),
            )
        return PlannedView(session_id=session_id)

    @router.put("/live-sessions/{session_id}/times", status_code=204)
    async def move(session_id: Identifier, body: TimesBody, who: Caller, once: Once) -> None:
        """Move a session of the caller's own; everybody who takes part is told."""
        command = MoveSession(who.subject, body.starts_at, body.ends_at, learning.clock.now())
        await handle(session_id, command, who, once)

    @router.delete("/live-sessions/{session_id}", status_code=204)
    async def cancel(session_id: Identifier, who: Caller, once: Once) -> None:
        """Cancel a session of the caller's own."""
        await handle(session_id, CancelSession(who.subject, learning.clock.now()), who, once)

    @router.put("/live-sessions/{session_id}/speaker", status_code=204)
    async def assign(session_id: Identifier, body: SpeakerBody, who: Caller, once: Once) -> None:
        """Let an external speaker come, who sees the participants while the session lasts."""
        await require_colleague(learning, body.speaker_id, Role.SPEAKER)
        command = AssignSpeaker(body.speaker_id, who.subject, learning.clock.now())
        await handle(session_id, command, who, once)

    @router.delete("/live-sessions/{session_id}/speaker", status_code=204)
    async def withdraw(session_id: Identifier, who: Caller, once: Once) -> None:
        """Let no external speaker come."""
        await handle(session_id, WithdrawSpeaker(who.subject), who, once)

    async def handle(
        session_id: str, command: LiveSessionCommand, who: Principal, once: Once
    ) -> None:
        stream = live_session_stream(session_id)
        state, _version = await learning.live_sessions.state(stream)
        if state.trainer_id is None:
            raise LiveSessionNotFoundError
        await learning.live_sessions.handle(
            stream, command, subject=state.trainer_id, meta=Metadata.by(who, once)
        )

    return router


def _own(who: Principal) -> dict[str, str]:
    """Return what narrows a list of sessions to the caller's own."""
    match who.role:
        case Role.TRAINER:
            return {"trainer_id": who.subject}
        case Role.SPEAKER:
            return {"speaker_id": who.subject}
        case _:
            return {}


def _view(learning: Learning, document: dict[str, Any], language: Language) -> SessionView:
    (group,) = group_views(learning, [Group(document["module_id"], document["cohort"])], language)
    return SessionView(
        **group.model_dump(),
        session_id=document["_id"],
        trainer_id=document["trainer_id"],
        speaker_id=document["speaker_id"],
        starts_at=document["starts_at"],
        ends_at=document["ends_at"],
        cancelled=document["cancelled"],
        moves=document["moves"],
    )
