"""The yearly training of staff: one's own, and everybody's for the administrator (C7.7)."""

from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway.pages.staff.choices import said
from services.gateway.services import Json, ServiceProblemError, items
from services.gateway.visitor import Visitor, may
from shared.trainings import PROGRAMMES

router = APIRouter()

Staff = Annotated[Visitor, may("identity GET /me/training", "identity POST /me/trainings")]
Administrator = Annotated[
    Visitor, may("identity GET /staff", "identity POST /staff/{staff_id}/trainings")
]
FIELDS: Final = ("programme", "done_on")
PAGE: Final = 50


@router.get("/account/training")
async def show(visitor: Staff) -> Response:
    """Show until when one's own training counts, and take the record of a new one."""
    return visitor.page("staff/training.html", **await _own(visitor))


@router.post("/account/training")
async def record_own(visitor: Staff) -> Response:
    """Record one's own training."""
    form = await visitor.form()
    body = {name: form.get(name, "") for name in FIELDS}
    try:
        await visitor.caller.send("POST", "identity", "/me/trainings", body, key=form.get("once"))
    except ServiceProblemError as error:
        return visitor.refused("staff/training.html", error, body, **await _own(visitor))
    await _restore(visitor, visitor.session_in_use.subject)
    return visitor.go("/account/training", notice="training-recorded")


@router.get("/staff/trainings")
async def trainings(visitor: Administrator, page: int = 1) -> Response:
    """Show everybody's training, and take the record of one."""
    return visitor.page("staff/trainings.html", **await _all(visitor, page))


@router.post("/staff/trainings")
async def record(visitor: Administrator) -> Response:
    """Record somebody's training."""
    form = await visitor.form()
    body = {name: form.get(name, "") for name in FIELDS}
    member = form.get("staff_id", "")
    try:
        await visitor.caller.send(
            "POST", "identity", f"/staff/{member}/trainings", body, key=form.get("once")
        )
    except ServiceProblemError as error:
        values = {**body, "staff_id": member}
        return visitor.refused("staff/trainings.html", error, values, **await _all(visitor, 1))
    await _restore(visitor, member)
    return visitor.go("/staff/trainings", notice="training-recorded")


async def _restore(visitor: Visitor, subject: str) -> None:
    """Give access back here at once; other replicas' sessions are the same, in the same store."""
    await visitor.portal.sessions.suspend(subject, None)


async def _own(visitor: Visitor) -> dict[str, Json]:
    training = await visitor.caller.get("identity", "/me/training")
    return {
        "training": training,
        "state": _state(training, visitor),
        "mine": visitor.session_in_use.subject,
        **_programmes(visitor),
    }


async def _all(visitor: Visitor, page: int) -> dict[str, Json]:
    part = await visitor.caller.part("identity", "/staff", page=page, size=PAGE, serving="true")
    for one in items(part.data):
        one["state"] = _state(one.get("training") or {}, visitor)
    members = [(one["id"], one.get("name") or one["id"]) for one in items(part.data)]
    return {"team": part, "members": members, "page": page, **_programmes(visitor)}


def _state(training: Json, visitor: Visitor) -> str:
    """Return where somebody stands: `suspended`, `warned`, `trained` or `untrained`."""
    suspends_at = training.get("suspends_at")
    if suspends_at:
        over = datetime.fromisoformat(suspends_at) <= visitor.now
        return "suspended" if over else "warned"
    return "trained" if training.get("programme") else "untrained"


def _programmes(visitor: Visitor) -> dict[str, Json]:
    return {
        "programmes": said(visitor, PROGRAMMES),
        "titles": {code: text.say(visitor.language) for code, text in PROGRAMMES.items()},
    }
