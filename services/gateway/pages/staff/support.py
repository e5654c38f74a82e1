"""The queue of support, and of the DPO for what is about data protection (C2.7, C13.4)."""

from http import HTTPStatus
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway.pages.staff.acts import Acts, request_for
from services.gateway.pages.staff.choices import named
from services.gateway.services import Part, ServiceProblemError
from services.gateway.visitor import Visitor, may
from services.gateway.wording import LANGUAGES, marked
from shared.events.support import CHANNELS

router = APIRouter(prefix="/staff/support")

Desk = Annotated[
    Visitor,
    may(
        "identity GET /support-requests",
        "identity POST /support-requests",
        "identity GET /canned-answers",
    ),
]
State = Literal["open", "resolved", "all"]
Assigned = Literal["anybody", "me", "nobody"]

BY_HAND: Final = ("telephone", "post")
STATES: Final = {
    "open": marked("Open"),
    "resolved": marked("Resolved"),
    "all": marked("Open and resolved"),
}
ASSIGNED: Final = {
    "anybody": marked("Anybody's"),
    "me": marked("Mine"),
    "nobody": marked("Nobody's"),
}
NOTED: Final = ("channel", "name", "email", "context", "title", "message", "language")


@router.get("")
async def queue(
    visitor: Desk,
    state: State = "open",
    assigned: Assigned = "anybody",
    channel: str = "",
    page: int = 1,
) -> Response:
    """Show the queue of the visitor's role, most urgent first."""
    asked = {"state": state, "assigned": assigned, "channel": channel}
    part = await visitor.caller.part("identity", "/support-requests", **asked, page=page)
    return _queue(visitor, part, asked, page)


@router.post("")
async def search(visitor: Desk) -> Response:
    """Show the requests of one e-mail address, or of one number.

    It is sent in a form, since an address has no place in that of a page.
    """
    form = await visitor.form()
    wanted = form.get("search", "")
    if not wanted:
        return visitor.go("/staff/support")
    found = await visitor.caller.send(
        "POST", "identity", "/support-requests/searches", {"search": wanted}
    )
    asked = {"state": "all", "assigned": "anybody", "channel": "", "search": wanted}
    return _queue(visitor, Part("identity", found), asked, 1)


def _queue(visitor: Visitor, part: Part, asked: dict[str, str], page: int) -> Response:
    say = visitor.words.say
    return visitor.page(
        "staff/support.html",
        requests=part,
        page=page,
        values=asked,
        pages_of=urlencode({name: value for name, value in asked.items() if value}),
        states=[(code, say(text)) for code, text in STATES.items()],
        assignments=[(code, say(text)) for code, text in ASSIGNED.items()],
        channels=[("", say(marked("All"))), *named(visitor, "channel", CHANNELS)],
    )


@router.get("/new")
async def new(visitor: Desk) -> Response:
    """Ask what somebody said on the telephone or wrote by post."""
    return _new(visitor, {})


@router.post("/new")
async def note(visitor: Desk) -> Response:
    """Note what somebody said on the telephone or wrote by post (C13.4)."""
    form = await visitor.form()
    body = {name: form[name] for name in NOTED if form.get(name)}
    try:
        answer = await visitor.caller.send(
            "POST", "identity", "/support-requests", body, key=form.get("once")
        )
    except ServiceProblemError as error:
        return visitor.refused("staff/support_new.html", error, form, **_choices(visitor))
    return visitor.go(f"/staff/support/noted/{answer['request_id']}")


@router.get("/noted/{request_id}")
async def noted(visitor: Desk, request_id: str) -> Response:
    """Say that it is noted; the request may be in the other queue."""
    return visitor.page("staff/support_noted.html", request_id=request_id)


@router.get("/{request_id}")
async def thread(visitor: Desk, request_id: str, answer: str = "") -> Response:
    """Show one request with everything that was said; `answer` names one to start from."""
    context = await _context(visitor, request_id)
    texts: dict[str, str] = context["texts"]
    values = {"message": texts[answer]} if answer in texts else {}
    return visitor.page("staff/support_request.html", values=values, answer=answer, **context)


@router.post("/{request_id}/{action}")
async def act(visitor: Desk, request_id: str, action: str) -> Response:
    """Answer, note, take on, hand over, resolve or reopen a request."""
    form = await visitor.form()
    method, body, notice = request_for(ACTIONS, action, form)
    try:
        await visitor.caller.send(
            method,
            "identity",
            f"/support-requests/{request_id}/{action}",
            body or None,
            key=form.get("once"),
        )
    except ServiceProblemError as error:
        if error.status == HTTPStatus.NOT_FOUND:
            raise
        context = await _context(visitor, request_id)
        return visitor.refused("staff/support_request.html", error, form, answer="", **context)
    back = "/staff/support" if action == "queue" else f"/staff/support/{request_id}"
    return visitor.go(back, notice=notice)


ACTIONS: Final[Acts] = {
    "replies": ("POST", ("message", "channel"), "replied"),
    "messages": ("POST", ("message", "channel"), "noted"),
    "assignment": ("PUT", (), "assigned"),
    "queue": ("PUT", ("queue",), "handed-over"),
    "resolution": ("POST", (), "resolved"),
    "reopening": ("POST", (), "reopened"),
}


async def _context(visitor: Visitor, request_id: str) -> dict[str, Any]:
    request = await visitor.caller.get("identity", f"/support-requests/{request_id}")
    canned = await visitor.caller.get("identity", "/canned-answers")
    each = [(f"{one['id']}.{code}", one[code]) for code in LANGUAGES for one in canned]
    own = visitor.session_in_use.subject
    return {
        "request": request,
        "mine": request["assignee"] == own,
        "texts": {code: one["text"] for code, one in each},
        "canned": [("", "—"), *((code, one["title"]) for code, one in each)],
        **_choices(visitor),
    }


def _choices(visitor: Visitor) -> dict[str, Any]:
    return {"by_hand": named(visitor, "channel", BY_HAND)}


def _new(visitor: Visitor, values: dict[str, str]) -> Response:
    return visitor.page("staff/support_new.html", values=values, **_choices(visitor))
