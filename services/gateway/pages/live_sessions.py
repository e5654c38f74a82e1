"""A learner's own live sessions: when they meet, whether to come, and files for calendars."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, HTTPException
from fastapi.responses import Response

from services.gateway.calendars import calendar_of
from services.gateway.services import Json, ServiceProblemError, items
from services.gateway.visitor import Visitor, may
from shared.http.download import download

router = APIRouter(prefix="/live-sessions")

Learner = Annotated[
    Visitor,
    may(
        "learning GET /me/live-sessions",
        "learning DELETE /me/live-sessions/{session_id}/seat",
        "learning PUT /me/live-sessions/{session_id}/seat",
    ),
]


@router.get("")
async def show(visitor: Learner) -> Response:
    """Show the sessions to come, by the learner's own clock."""
    return visitor.page("pages/live_sessions.html", sessions=await _sessions(visitor))


@router.get("/calendar")
async def calendar(visitor: Learner) -> Response:
    """Return every session that the learner comes to as a calendar file."""
    found = await visitor.caller.get("learning", "/me/live-sessions", language=visitor.language)
    return _file(visitor, [one for one in items(found) if one["coming"]])


@router.get("/{session_id}/calendar")
async def one_calendar(visitor: Learner, session_id: str) -> Response:
    """Return one session as a calendar file."""
    found = await visitor.caller.get("learning", "/me/live-sessions", language=visitor.language)
    chosen = [one for one in items(found) if one["session_id"] == session_id]
    if not chosen:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return _file(visitor, chosen)


@router.post("/{session_id}/absence")
async def leave(visitor: Learner, session_id: str) -> Response:
    """Say not to come; the page offers the way back."""
    return await _said(visitor, "DELETE", session_id, "seat-given-up")


@router.post("/{session_id}/return")
async def come(visitor: Learner, session_id: str) -> Response:
    """Say to come after all."""
    return await _said(visitor, "PUT", session_id, "seat-taken")


async def _said(visitor: Visitor, method: str, session_id: str, notice: str) -> Response:
    form = await visitor.form()
    path = f"/me/live-sessions/{session_id}/seat"
    try:
        await visitor.caller.send(method, "learning", path, key=form.get("once"))
    except ServiceProblemError as error:
        part = await _sessions(visitor)
        return visitor.refused("pages/live_sessions.html", error, form, sessions=part)
    return visitor.go("/live-sessions", notice=notice)


async def _sessions(visitor: Visitor) -> Json:
    return await visitor.caller.part("learning", "/me/live-sessions", language=visitor.language)


def _file(visitor: Visitor, sessions: list[Json]) -> Response:
    content = calendar_of(sessions, visitor.words, visitor.now)
    return download(content, "text/calendar; charset=utf-8", "carionexiq-sessions.ics")
