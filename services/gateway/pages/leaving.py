"""Closing the account and erasing it: what goes, what stays, why, until when (C8.4)."""

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway.services import Json, items
from services.gateway.visitor import Anyone, Learner, Visitor

router = APIRouter()


@router.get("/account/close")
async def show_closure(visitor: Learner) -> Response:
    """Explain what closing does before it is confirmed."""
    return visitor.page("pages/close.html", missing=False)


@router.post("/account/close")
async def close(visitor: Learner) -> Response:
    """Close the account once the box is ticked: the intermediate archive starts (C2.5)."""
    form = await visitor.form()
    if form.get("confirm") != "yes":
        return visitor.page("pages/close.html", status=422, missing=True)
    await visitor.caller.send(
        "POST", "identity", "/me/closure", {"confirm": True}, key=form.get("once")
    )
    return await _leave(visitor, "/farewell?what=closed")


@router.get("/account/erase")
async def show_erasure(visitor: Learner) -> Response:
    """Show what erasure removes and what the law keeps, for each how long (C8.4)."""
    return visitor.page("pages/erase.html", missing=False, **await _plan(visitor))


@router.post("/account/erase")
async def erase(visitor: Learner) -> Response:
    """Order the erasure once the box is ticked; afterwards recovery is impossible (C8.4)."""
    form = await visitor.form()
    if form.get("confirm") != "yes":
        plan = await _plan(visitor)
        return visitor.page("pages/erase.html", status=422, missing=True, **plan)
    await visitor.caller.send(
        "POST", "retention", "/me/erasure", {"confirm": True}, key=form.get("once")
    )
    return await _leave(visitor, "/farewell?what=erased")


@router.get("/farewell")
async def farewell(visitor: Anyone, what: str = "closed") -> Response:
    """Say what has happened and what follows."""
    return visitor.page("pages/farewell.html", erased=what == "erased")


async def _plan(visitor: Visitor) -> dict[str, Json]:
    """Return what goes and stays, and the holds that the person may know of."""
    holds = items((await visitor.caller.part("retention", "/me/holds")).data)
    return {
        "plan": await visitor.caller.get("retention", "/me/erasure"),
        "holds": [one for one in holds if one["state"] == "active"],
    }


async def _leave(visitor: Visitor, path: str) -> Response:
    if visitor.session:
        await visitor.portal.sessions.end_all(visitor.session.subject)
    response = visitor.go(path)
    for name in ("session", "device"):
        visitor.drop_cookie(response, visitor.portal.cookie_name(name))
    return response
