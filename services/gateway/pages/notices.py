"""What somebody was told, in the portal: the same words as the mails, and marks for what was read.

The page works without a script; with one, what is new appears by itself.
"""

import re
from http import HTTPStatus
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Header, Query
from fastapi.responses import Response

from services.gateway.labels import MESSAGE_CLASSES
from services.gateway.notices.streams import TooManyStreamsError
from services.gateway.notices.telling import over
from services.gateway.pages.home import inner_path
from services.gateway.services import ServiceProblemError
from services.gateway.visitor import Anyone, Visitor, may
from shared.http.problems import ProblemError, ProblemType

router = APIRouter(prefix="/notices")

CURSOR: Final = re.compile(r"[0-9]{20}\.[0-9A-Za-z-]{1,64}")
TOO_MANY: Final = ProblemType(
    "too-many-streams",
    HTTPStatus.TOO_MANY_REQUESTS,
    "Trop de fenêtres attendent des avis. Les pages fonctionnent sans cela.",
    "Too many windows are waiting for notices. Pages work without it.",
)

Reader = Annotated[Visitor, may("notify GET /me/notices")]
Marking = Annotated[Visitor, may("notify POST /me/notices/read")]


@router.get("")
async def show(
    visitor: Reader,
    kind: Annotated[str, Query(max_length=20)] = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """List the notices of whoever is signed in, newest first, of one kind or all."""
    kind = kind if kind in MESSAGE_CLASSES else ""
    found = await visitor.caller.part("notify", "/me/notices", page=page, message_class=kind)
    return visitor.page(
        "pages/notices.html",
        notices=found,
        kinds=MESSAGE_CLASSES,
        kind=kind,
        address_of=_address,
        inner=inner_path,
    )


@router.get("/stream")
async def stream(
    visitor: Anyone,
    after: Annotated[str, Query(max_length=100)] = "",
    last_event_id: Annotated[str, Header(max_length=100)] = "",
) -> Response:
    """Tell of notices as they come, until the session ends (server-sent events)."""
    if visitor.session is None or visitor.must_enrol:
        return over()
    known = last_event_id or after
    try:
        return visitor.portal.telling.answer(
            visitor.caller, known if CURSOR.fullmatch(known) else ""
        )
    except TooManyStreamsError:
        raise ProblemError(TOO_MANY) from None


@router.post("/read")
async def mark_all(visitor: Marking) -> Response:
    """Mark as read all that the page showed or counted; what came since stays unread."""
    form = await visitor.form()
    until = form.get("until", "")
    await visitor.caller.send(
        "POST",
        "notify",
        "/me/notices/read",
        key=form.get("once"),
        params={"until": until} if CURSOR.fullmatch(until) else None,
    )
    visitor.portal.unread.forget(visitor.session_in_use.subject)
    return visitor.go(_address(form.get("kind", "")), notice="notices-read")


@router.post("/{message_id}/read")
async def mark_one(visitor: Marking, message_id: str) -> Response:
    """Mark one notice as read, and come back to it; one that has gone meanwhile is no failure."""
    form = await visitor.form()
    try:
        await visitor.caller.send(
            "POST", "notify", f"/me/notices/{message_id}/read", key=form.get("once")
        )
    except ServiceProblemError as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
    visitor.portal.unread.forget(visitor.session_in_use.subject)
    page = form.get("page", "1")
    back = _address(form.get("kind", ""), int(page) if page.isdecimal() else 1)
    return visitor.go(f"{back}#notice-{message_id}")


def _address(kind: str, page: int = 1) -> str:
    given = {"kind": kind if kind in MESSAGE_CLASSES else "", "page": page if page > 1 else ""}
    query = urlencode({name: value for name, value in given.items() if value})
    return f"/notices?{query}" if query else "/notices"
