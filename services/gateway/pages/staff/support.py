"""Support's console: learners' requests (C2.7) and messages of people without an account (C1.3)."""

from typing import Annotated, Final

from fastapi import APIRouter, HTTPException
from fastapi.responses import Response

from services.gateway.visitor import Visitor, only
from shared.http.auth import Role

router = APIRouter(prefix="/staff")

Support = Annotated[Visitor, only(Role.SUPPORT)]

ACTIONS: Final = {"replies": "replied", "resolution": "resolved", "reopening": "reopened"}


@router.get("/support")
async def requests(visitor: Support, page: int = 1) -> Response:
    """Show learners' requests."""
    part = await visitor.caller.part("identity", "/support-requests", page=page)
    return visitor.page("staff/support.html", requests=part, page=page)


@router.post("/support/{request_id}/{action}")
async def act(visitor: Support, request_id: str, action: str) -> Response:
    """Reply to, resolve or reopen a request."""
    form = await visitor.form()
    if action not in ACTIONS:
        raise HTTPException(404)
    body = {"message": form.get("message", "")} if action == "replies" else None
    await visitor.caller.send(
        "POST", "identity", f"/support-requests/{request_id}/{action}", body, key=form.get("once")
    )
    return visitor.go("/staff/support", notice=ACTIONS[action])


@router.get("/prospects")
async def prospects(visitor: Support, page: int = 1) -> Response:
    """Show contact requests."""
    part = await visitor.caller.part("identity", "/contact-requests", page=page)
    return visitor.page("staff/prospects.html", prospects=part, page=page)


@router.post("/prospects/{prospect_id}/replies")
async def reply(visitor: Support, prospect_id: str) -> Response:
    """Note that somebody was answered by e-mail: the three years start anew (C2.9)."""
    form = await visitor.form()
    await visitor.caller.send(
        "POST",
        "identity",
        f"/contact-requests/{prospect_id}/replies",
        key=form.get("once"),
    )
    return visitor.go("/staff/prospects", notice="replied")
