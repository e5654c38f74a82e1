"""What awaits a second person: what it would do, confirmed or refused (four eyes)."""

from collections.abc import Mapping
from typing import Annotated, TypedDict

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway.services import Json, Part, ServiceProblemError
from services.gateway.visitor import Visitor, may

router = APIRouter(prefix="/staff/proposals")

Second = Annotated[
    Visitor,
    may(
        "retention GET /proposals",
        "retention POST /proposals/{proposal_id}/confirmation",
        "retention POST /proposals/{proposal_id}/refusal",
    ),
]


class Context(TypedDict):
    """What the page needs."""

    awaited: Part
    settled: Part
    page: int


@router.get("")
async def show(visitor: Second, page: int = 1) -> Response:
    """Show what awaits a second person, and what became of the rest."""
    return visitor.page("staff/proposals.html", **await _context(visitor, page))


@router.post("/{proposal_id}/confirmation")
async def confirm(visitor: Second, proposal_id: str) -> Response:
    """Agree as the second person."""
    form = await visitor.form()
    body = {"goes_at_once": form.get("goes_at_once") or None}
    return await _decide(visitor, proposal_id, "confirmation", body, form, "proposal-confirmed")


@router.post("/{proposal_id}/refusal")
async def refuse(visitor: Second, proposal_id: str) -> Response:
    """Refuse it, or withdraw one's own."""
    form = await visitor.form()
    notice = "proposal-withdrawn" if form.get("own") else "proposal-refused"
    return await _decide(visitor, proposal_id, "refusal", None, form, notice)


async def _decide(
    visitor: Visitor,
    proposal_id: str,
    act: str,
    body: Json | None,
    form: Mapping[str, str],
    notice: str,
) -> Response:
    path = f"/proposals/{proposal_id}/{act}"
    try:
        await visitor.caller.send("POST", "retention", path, body, key=form.get("once"))
    except ServiceProblemError as error:
        context = await _context(visitor, 1)
        return visitor.refused(
            "staff/proposals.html",
            error,
            form,
            at=proposal_id,
            going=error.goes_at_once,
            **context,
        )
    return visitor.go("/staff/proposals", notice=notice)


async def _context(visitor: Visitor, page: int) -> Context:
    caller = visitor.caller
    return {
        "awaited": await caller.part("retention", "/proposals", state="open"),
        "settled": await caller.part("retention", "/proposals", state="settled", page=page),
        "page": page,
    }
