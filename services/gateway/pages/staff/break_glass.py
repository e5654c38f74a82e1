"""Access beyond the compartment: taking it and giving it back, and the reviews (C4.2, C6.3)."""

from typing import Annotated, Final, TypedDict

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway import labels
from services.gateway.pages.staff.choices import named
from services.gateway.services import Json, Part, ServiceProblemError
from services.gateway.visitor import Visitor, may

router = APIRouter(prefix="/staff/break-glass")

Taker = Annotated[
    Visitor,
    may(
        "identity POST /break-glass",
        "identity GET /break-glass/own",
        "identity POST /break-glass/{access_id}/end",
    ),
]
Reviewer = Annotated[
    Visitor,
    may(
        "identity GET /break-glass",
        "identity GET /break-glass/{access_id}",
        "identity POST /break-glass/{access_id}/end",
        "identity POST /break-glass/{access_id}/review",
    ),
]
STATES: Final = tuple(labels.BREAK_GLASS_STATES)
OWN: Final = "/staff/break-glass"
REVIEWS: Final = "/staff/break-glass/reviews"


class OwnContext(TypedDict):
    """What the page of one's own accesses needs."""

    accesses: Part
    learner: str
    page: int


class OneContext(TypedDict):
    """What the page of a review needs."""

    access: Json
    verdicts: list[tuple[str, str]]


@router.get("")
async def own(visitor: Taker, learner: str = "", page: int = 1) -> Response:
    """List one's own accesses, and offer to take one."""
    return visitor.page("staff/break_glass.html", **await _own(visitor, learner, page))


@router.post("")
async def take(visitor: Taker) -> Response:
    """Take access to one learner, for the reason that is written."""
    form = await visitor.form()
    body = {"learner_id": form.get("learner_id", ""), "reason": form.get("reason", "")}
    try:
        await visitor.caller.send("POST", "identity", "/break-glass", body, key=form.get("once"))
    except ServiceProblemError as error:
        context = await _own(visitor, body["learner_id"], 1)
        return visitor.refused("staff/break_glass.html", error, form, **context)
    return visitor.go(OWN, notice="access-taken")


@router.post("/{access_id}/end")
async def give_back(visitor: Taker, access_id: str) -> Response:
    """End one's own access before its time."""
    form = await visitor.form()
    path = f"/break-glass/{access_id}/end"
    await visitor.caller.send("POST", "identity", path, key=form.get("once"))
    return visitor.go(OWN, notice="access-ended")


@router.get("/reviews")
async def reviews(visitor: Reviewer, state: str = "unreviewed", page: int = 1) -> Response:
    """List accesses, narrowed by state."""
    chosen = state if state in STATES else ""
    found = await visitor.caller.part("identity", "/break-glass", state=chosen, page=page)
    return visitor.page(
        "staff/break_glass_reviews.html",
        accesses=found,
        state=chosen,
        states=named(visitor, "break_glass_state", STATES),
        page=page,
    )


@router.get("/reviews/{access_id}")
async def access(visitor: Reviewer, access_id: str) -> Response:
    """Show one access with its reason."""
    return visitor.page("staff/break_glass_review.html", **await _one(visitor, access_id))


@router.post("/reviews/{access_id}/end")
async def stop(visitor: Reviewer, access_id: str) -> Response:
    """End somebody's access."""
    form = await visitor.form()
    path = f"/break-glass/{access_id}/end"
    await visitor.caller.send("POST", "identity", path, key=form.get("once"))
    return visitor.go(f"{REVIEWS}/{access_id}", notice="access-ended")


@router.post("/reviews/{access_id}")
async def review(visitor: Reviewer, access_id: str) -> Response:
    """Say whether it was justified; one that was not may become an incident."""
    form = await visitor.form()
    body = {"verdict": form.get("verdict", ""), "opens_incident": "opens_incident" in form}
    path = f"/break-glass/{access_id}/review"
    try:
        await visitor.caller.send("POST", "identity", path, body, key=form.get("once"))
    except ServiceProblemError as error:
        context = await _one(visitor, access_id)
        return visitor.refused("staff/break_glass_review.html", error, form, **context)
    return visitor.go(f"{REVIEWS}/{access_id}", notice="access-reviewed")


async def _own(visitor: Visitor, learner: str, page: int) -> OwnContext:
    found = await visitor.caller.part("identity", "/break-glass/own", page=page)
    return {"accesses": found, "learner": learner, "page": page}


async def _one(visitor: Visitor, access_id: str) -> OneContext:
    return {
        "access": await visitor.caller.get("identity", f"/break-glass/{access_id}"),
        "verdicts": named(visitor, "verdict", labels.VERDICTS),
    }
