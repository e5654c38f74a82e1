"""Who teaches whom, and who comes to live sessions (C4.2, C6.3): a screen for each concerned."""

import asyncio
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, HTTPException
from fastapi.responses import Response

from services.gateway.calendars import calendar_of
from services.gateway.services import Json, Part, ServiceProblemError, items
from services.gateway.visitor import Visitor, may
from services.gateway.wording import PARIS, marked
from shared.http.auth import Role
from shared.http.download import download

router = APIRouter(prefix="/staff")

Assigner = Annotated[
    Visitor,
    may(
        "learning GET /teaching",
        "learning POST /teaching",
        "learning POST /teaching/withdrawals",
        "learning GET /live-sessions",
        "learning PUT /live-sessions/{session_id}/speaker",
        "learning DELETE /live-sessions/{session_id}/speaker",
        "identity GET /staff",
        "learning GET /modules",
    ),
]
Trainer = Annotated[
    Visitor,
    may(
        "learning GET /live-sessions",
        "learning GET /teaching/own",
        "learning POST /live-sessions",
        "learning PUT /live-sessions/{session_id}/times",
        "learning DELETE /live-sessions/{session_id}",
    ),
]
Planned = Annotated[Visitor, may("learning GET /live-sessions", staff=True)]
Speaker = Annotated[
    Visitor,
    may("learning GET /live-sessions", "identity GET /live-sessions/{session_id}/participants"),
]

LARGEST_PAGE: Final = 200


@router.get("/teaching")
async def teaching(visitor: Assigner) -> Response:
    """Show who teaches which group, and who comes to which session."""
    return visitor.page("staff/teaching.html", **await _teams(visitor))


@router.post("/teaching")
async def assign(visitor: Assigner) -> Response:
    """Let a trainer teach a group."""
    form = await visitor.form()
    body = {**_group(form), "staff_id": form.get("staff_id", "")}
    return await _done(visitor, form, "POST", "/teaching", body, "trainer-assigned")


@router.post("/teaching/withdrawal")
async def withdraw(visitor: Assigner) -> Response:
    """Take a group back from a trainer."""
    form = await visitor.form()
    body = {**_group(form), "staff_id": form.get("staff_id", "")}
    return await _done(visitor, form, "POST", "/teaching/withdrawals", body, "trainer-withdrawn")


@router.post("/teaching/sessions/{session_id}/speaker")
async def invite(visitor: Assigner, session_id: str) -> Response:
    """Let an external speaker come to a session; nobody where none is chosen."""
    form = await visitor.form()
    path = f"/live-sessions/{session_id}/speaker"
    if not form.get("speaker_id"):
        return await _done(visitor, form, "DELETE", path, None, "speaker-withdrawn")
    body = {"speaker_id": form["speaker_id"]}
    return await _done(visitor, form, "PUT", path, body, "speaker-assigned")


@router.get("/sessions")
async def sessions(visitor: Trainer) -> Response:
    """Show the trainer's own groups and live sessions."""
    return visitor.page("staff/sessions.html", **await _own(visitor))


@router.get("/sessions/calendar")
async def calendar(visitor: Planned) -> Response:
    """Return the trainer's or speaker's own sessions to come as a calendar file."""
    content = calendar_of(await _every_session(visitor), visitor.words, visitor.now)
    return download(content, "text/calendar; charset=utf-8", "carionexiq-sessions.ics")


@router.post("/sessions")
async def plan(visitor: Trainer) -> Response:
    """Plan a live session with a group."""
    form = await visitor.form()
    module_id, _, cohort = form.get("group", "").partition("/")
    body = {
        "module_id": module_id,
        "cohort": cohort or None,
        "starts_at": _instant(form.get("starts_at", "")),
        "ends_at": _instant(form.get("ends_at", "")),
    }
    try:
        await visitor.caller.send("POST", "learning", "/live-sessions", body, key=form.get("once"))
    except ServiceProblemError as error:
        return visitor.refused("staff/sessions.html", error, form, **await _own(visitor))
    return visitor.go("/staff/sessions", notice="session-planned")


@router.get("/sessions/{session_id}")
async def session(visitor: Trainer, session_id: str) -> Response:
    """Show one session of the trainer's own, to be moved or cancelled."""
    one = await _session(visitor, session_id)
    values = {name: _local(one[name]) for name in ("starts_at", "ends_at")}
    return visitor.page("staff/session_change.html", one=one, asked=None, values=values)


@router.post("/sessions/{session_id}/move")
async def move(visitor: Trainer, session_id: str) -> Response:
    """Move a live session, once the trainer has confirmed what becomes of it."""
    form = await visitor.form()
    one = await _session(visitor, session_id)
    values = {name: form.get(name, "") for name in ("starts_at", "ends_at")}
    body = {name: _instant(value) for name, value in values.items()}
    asked = form.get("confirm") != "yes" and all(_is_instant(at) for at in body.values())
    if asked:
        return visitor.page(
            "staff/session_change.html", one=one, asked="move", values=values, new=body
        )
    path = f"/live-sessions/{session_id}/times"
    try:
        await visitor.caller.send("PUT", "learning", path, body, key=form.get("once"))
    except ServiceProblemError as error:
        return visitor.refused("staff/session_change.html", error, values, one=one, asked=None)
    return visitor.go("/staff/sessions", notice="session-moved")


@router.post("/sessions/{session_id}/cancellation")
async def cancel(visitor: Trainer, session_id: str) -> Response:
    """Cancel a live session, once the trainer has confirmed what becomes of it."""
    form = await visitor.form()
    if form.get("confirm") != "yes":
        one = await _session(visitor, session_id)
        return visitor.page("staff/session_change.html", one=one, asked="cancel")
    try:
        await visitor.caller.send(
            "DELETE", "learning", f"/live-sessions/{session_id}", key=form.get("once")
        )
    except ServiceProblemError as error:
        return visitor.refused("staff/sessions.html", error, form, **await _own(visitor))
    return visitor.go("/staff/sessions", notice="session-cancelled")


@router.get("/speaking")
async def speaking(visitor: Speaker) -> Response:
    """Show the sessions to which the external speaker comes."""
    part = await visitor.caller.part("learning", "/live-sessions")
    return visitor.page("staff/speaking.html", sessions=part)


@router.get("/speaking/{session_id}")
async def participants(visitor: Speaker, session_id: str, page: int = 1) -> Response:
    """Show who takes part, while the session lasts: first names and context alone (C6.3)."""
    path = f"/live-sessions/{session_id}/participants"
    found = await visitor.caller.get("identity", path, page=page)
    return visitor.page(
        "staff/participants.html", participants=found, session_id=session_id, page=page
    )


async def _teams(visitor: Visitor) -> dict[str, Any]:
    trainers, sessions, modules, staff = await asyncio.gather(
        visitor.caller.part("learning", "/teaching"),
        visitor.caller.part("learning", "/live-sessions"),
        visitor.caller.part("learning", "/modules"),
        visitor.caller.part("identity", "/staff", size=LARGEST_PAGE),
    )
    names = {one["id"]: one.get("name") or one["id"][-8:] for one in items(staff.data)}
    nobody = ("", visitor.words.say(marked("Nobody")))
    return {
        "trainers": trainers,
        "sessions": sessions,
        "parts": [trainers, sessions, modules, staff],
        "names": names,
        "trainer_options": _named(staff, Role.TRAINER),
        "speaker_options": [nobody, *_named(staff, Role.SPEAKER)],
        "module_options": [(one["module_id"], one["title"]) for one in items(modules.data)],
    }


async def _every_session(visitor: Visitor) -> list[Json]:
    found: list[Json] = []
    page, pages = 1, 1
    while page <= pages:
        answer = await visitor.caller.get("learning", "/live-sessions", page=page)
        found += items(answer)
        page, pages = page + 1, int(answer["pages"])
    return found


async def _session(visitor: Visitor, session_id: str) -> Json:
    """Return one of the trainer's own sessions to come."""
    for one in await _every_session(visitor):
        if one["session_id"] == session_id:
            return one
    raise HTTPException(HTTPStatus.NOT_FOUND)


async def _own(visitor: Visitor) -> dict[str, Any]:
    groups, sessions = await visitor.caller.parts(
        ("learning", "/teaching/own"), ("learning", "/live-sessions")
    )
    everybody = visitor.words.say(marked("everybody"))
    options = [
        (
            f"{one['module_id']}/{one['cohort'] or ''}",
            f"{one['title']} ({one['cohort'] or everybody})",
        )
        for one in items(groups.data)
    ]
    return {"sessions": sessions, "parts": [groups, sessions], "group_options": options}


def _named(staff: Part, role: Role) -> list[tuple[str, str]]:
    return [
        (one["id"], one.get("name") or one["id"][-8:])
        for one in items(staff.data)
        if one.get("role") == role and not one.get("departed")
    ]


def _group(form: dict[str, str]) -> dict[str, str | None]:
    return {"module_id": form.get("module_id", ""), "cohort": form.get("cohort") or None}


async def _done(
    visitor: Visitor, form: dict[str, str], method: str, path: str, body: Json, notice: str
) -> Response:
    try:
        await visitor.caller.send(method, "learning", path, body, key=form.get("once"))
    except ServiceProblemError as error:
        return visitor.refused("staff/teaching.html", error, form, **await _teams(visitor))
    return visitor.go("/staff/teaching", notice=notice)


def _instant(local: str) -> str:
    """Return what a field of date and time says as an instant; Paris is meant."""
    try:
        return datetime.fromisoformat(local).replace(tzinfo=PARIS).isoformat()
    except ValueError:
        return local


def _is_instant(said: str) -> bool:
    try:
        return datetime.fromisoformat(said).tzinfo is not None
    except ValueError:
        return False


def _local(instant: str) -> str:
    """Return an instant as a field of date and time takes it, in Paris."""
    return f"{datetime.fromisoformat(instant).astimezone(PARIS):%Y-%m-%dT%H:%M}"
