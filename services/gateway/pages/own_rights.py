"""The learner's own rights cases, and the link by which a request is confirmed (C8, C13)."""

from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter, HTTPException
from fastapi.responses import Response

from services.gateway import labels
from services.gateway.pages.rectification import asked_about
from services.gateway.pages.staff.choices import named
from services.gateway.services import Part, ServiceProblemError, items
from services.gateway.visitor import Anyone, Learner, Visitor

router = APIRouter()

AT_ONCE: Final = (
    ("access", "/my-data"),
    ("portability", "/portability"),
    ("rectification", "/account"),
    ("restriction", "/consents"),
    ("objection", "/consents"),
    ("erasure", "/account/erase"),
)
"""What a learner may do at once, without asking anybody, and where."""
MOST_FILES: Final = 100
"""Access files of one person that are looked at: far more than anybody asks for."""
ACTIONS: Final = {"confirmation": "rights-confirmed", "withdrawal": "rights-withdrawn"}


@router.get("/my-requests")
async def requests(visitor: Learner, page: int = 1, kind: str = "", about: str = "") -> Response:
    """Show the learner's rights cases with their terms, and how to exercise a right (C8, C13)."""
    part = await visitor.caller.part("identity", "/me/rights-cases", page=page)
    values = {"kind": kind, "message": asked_about(visitor, about)}
    context = await _context(visitor, part, page, values)
    return visitor.page("pages/my_requests.html", **context)


@router.post("/my-requests")
async def ask(visitor: Learner) -> Response:
    """Exercise a right, or complain."""
    form = await visitor.form()
    values = {name: form[name] for name in ("kind", "message") if form.get(name)}
    try:
        await visitor.caller.send(
            "POST", "identity", "/me/rights-cases", values, key=form.get("once")
        )
    except ServiceProblemError as error:
        part = await visitor.caller.part("identity", "/me/rights-cases")
        context = await _context(visitor, part, 1, values)
        del context["values"]
        return visitor.refused("pages/my_requests.html", error, values, **context)
    return visitor.go("/my-requests", notice="rights-asked")


@router.post("/my-requests/{case_id}/{action}")
async def act(visitor: Learner, case_id: str, action: str) -> Response:
    """Say that a request is one's own, or take it back."""
    form = await visitor.form()
    if action not in ACTIONS:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    path = f"/me/rights-cases/{case_id}/{action}"
    await visitor.caller.send("POST", "identity", path, key=form.get("once"))
    return visitor.go("/my-requests", notice=ACTIONS[action])


@router.get("/confirm-request")
async def show_confirmation(visitor: Anyone, token: str = "") -> Response:
    """Show what the link confirms, and one button; following it alone changes nothing."""
    return await _confirmation(visitor, token)


@router.post("/confirm-request")
async def confirm(visitor: Anyone) -> Response:
    """Say that the request is one's own, without an account."""
    form = await visitor.form()
    token = form.get("token", "")
    try:
        await visitor.caller.send(
            "POST", "identity", "/rights-confirmations", {"token": token}, key=form.get("once")
        )
    except ServiceProblemError as error:
        return visitor.refused("pages/confirm_request.html", error, {}, asked=None, token="")
    return await _confirmation(visitor, token)


async def _confirmation(visitor: Visitor, token: str) -> Response:
    try:
        asked = await visitor.caller.send(
            "POST", "identity", "/rights-confirmations/asked", {"token": token}
        )
    except ServiceProblemError as error:
        return visitor.refused("pages/confirm_request.html", error, {}, asked=None, token="")
    return visitor.page("pages/confirm_request.html", asked=asked, token=token, problem=None)


async def _context(
    visitor: Visitor, part: Part, page: int, values: dict[str, str]
) -> dict[str, Any]:
    files = await visitor.caller.part("identity", "/me/access-files", size=MOST_FILES)
    kinds = named(visitor, "rights_kind", labels.RIGHTS_KINDS)
    texts = dict(kinds)
    return {
        "cases": part,
        "files": {one["file_id"]: one for one in items(files.data)},
        "page": page,
        "values": values,
        "kinds": kinds,
        "at_once": [(texts[kind], path) for kind, path in AT_ONCE],
    }
