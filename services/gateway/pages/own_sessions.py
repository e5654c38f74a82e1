"""One's own sessions: on which devices, since when, last used when; ending one or all."""

from collections.abc import Mapping

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway.pages.sign_in import CLEARED
from services.gateway.visitor import SignedIn, Visitor
from services.gateway.zones import keep_zone

router = APIRouter(prefix="/account/sessions")


@router.get("")
async def show(visitor: SignedIn) -> Response:
    """List the open sessions of whoever is signed in."""
    session = visitor.session_in_use
    found = await visitor.portal.sessions.of_subject(session.subject)
    return visitor.page("pages/sessions.html", sessions=found, present=session.id)


@router.post("/end-all")
async def end_all(visitor: SignedIn) -> Response:
    """Sign out everywhere, here too."""
    await visitor.form()
    await visitor.portal.sessions.end_all(visitor.session_in_use.subject)
    return await _left(visitor, {"everywhere": "true"})


@router.post("/{session_id}/end")
async def end(visitor: SignedIn, session_id: str) -> Response:
    """End one session; one that is over already stays so."""
    await visitor.form()
    session = visitor.session_in_use
    ended = await visitor.portal.sessions.end_one(session.subject, session_id)
    if session_id == session.id:
        return await _left(visitor)
    if ended:
        which = {"session": session_id}
        await visitor.caller.send("DELETE", "identity", "/sessions", params=which)
    return visitor.go("/account/sessions", notice="session-ended")


async def _left(visitor: Visitor, which: Mapping[str, str] | None = None) -> Response:
    """Take leave of this browser; identity tells every service which sessions have ended."""
    response = visitor.go("/", notice="signed-out")
    response.headers["Clear-Site-Data"] = CLEARED
    visitor.drop_cookie(response, visitor.portal.cookie_name("session"))
    keep_zone(visitor, response, "")
    await visitor.caller.send("DELETE", "identity", "/sessions", params=which)
    return response
