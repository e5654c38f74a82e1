"""What people marked as wrong, for who decides: each role in its own compartment (C8.2, C4.2)."""

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway.services import ServiceProblemError
from services.gateway.visitor import Visitor, may

router = APIRouter(prefix="/staff/disputes")

Decider = Annotated[
    Visitor,
    may(
        "learning GET /disputes",
        "learning GET /disputes/{thing}/{dispute_id}",
        "learning POST /disputes/{thing}/{dispute_id}/decision",
    ),
]


@router.get("")
async def queue(visitor: Decider) -> Response:
    """List what awaits a decision, the most urgent first."""
    part = await visitor.caller.part("learning", "/disputes")
    return visitor.page("staff/disputes.html", disputes=part)


@router.get("/{thing}/{dispute_id}")
async def one(visitor: Decider, thing: str, dispute_id: str) -> Response:
    """Show what is held, what the person says it should be, and why."""
    found = await visitor.caller.get("learning", f"/disputes/{thing}/{dispute_id}")
    return visitor.page("staff/dispute.html", dispute=found, values={})


@router.post("/{thing}/{dispute_id}")
async def decide(visitor: Decider, thing: str, dispute_id: str) -> Response:
    """Correct the value, or refuse with a reason."""
    form = await visitor.form()
    body = {name: form[name] for name in ("outcome", "right", "reason") if form.get(name)}
    path = f"/disputes/{thing}/{dispute_id}"
    try:
        await visitor.caller.send(
            "POST", "learning", f"{path}/decision", body, key=form.get("once")
        )
    except ServiceProblemError as error:
        found = await visitor.caller.get("learning", path)
        return visitor.refused("staff/dispute.html", error, form, dispute=found)
    return visitor.go("/staff/disputes", notice="dispute-settled")
