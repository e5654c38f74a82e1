"""The officer's page of the privacy policy: compare, publish, follow up who was not reached."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway.services import ServiceProblemError
from services.gateway.visitor import Visitor, may

router = APIRouter(prefix="/staff/policy")

Officer = Annotated[Visitor, may("consent GET /policy/register", "notify GET /policy-notices")]
Publisher = Annotated[Visitor, may("consent POST /policy/publications")]
Teller = Annotated[Visitor, may("notify POST /policy-notices/{learner_id}/{version}/told")]
FOLLOWED_UP = ("open", "refused", "told")


@router.get("")
async def show(visitor: Officer, why: str = "open", after: str = "") -> Response:
    """Show which versions were published and are ready, and whom no notice reached."""
    chosen = why if why in FOLLOWED_UP else "open"
    register = await visitor.caller.part("consent", "/policy/register")
    notices = await visitor.caller.part("notify", "/policy-notices", why=chosen, after=after)
    return visitor.page("staff/policy.html", register=register, notices=notices, why=chosen)


@router.post("/notices/{learner_id}/{version}/told")
async def told(visitor: Teller, learner_id: str, version: str) -> Response:
    """Note that staff told somebody whom no notice reached, and how."""
    form = await visitor.form()
    path = f"/policy-notices/{learner_id}/{version}/told"
    body = {"channel": form.get("channel", "")}
    await visitor.caller.send("POST", "notify", path, body, key=form.get("once"))
    return visitor.go("/staff/policy?why=told#notices", notice="policy-told")


@router.get("/{version}")
async def draft(visitor: Officer, version: str) -> Response:
    """Show what a version that is ready changes, with what publishing it means."""
    context = await _draft(visitor, version)
    if context["ready"] is None:
        return visitor.go("/staff/policy")
    return visitor.page("staff/policy_draft.html", missing=False, **context)


@router.post("/{version}/publication")
async def publish(visitor: Publisher, version: str) -> Response:
    """Publish a version, once it is confirmed."""
    form = await visitor.form()
    if form.get("confirm") != "yes":
        return visitor.page(
            "staff/policy_draft.html",
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
            missing=True,
            **await _draft(visitor, version) | {"values": form},
        )
    body = {
        "version": version,
        "substantial": form.get("kind") != "minor",
        "effective_on": form.get("effective_on") or None,
    }
    try:
        await visitor.caller.send(
            "POST", "consent", "/policy/publications", body, key=form.get("once")
        )
    except ServiceProblemError as error:
        context = await _draft(visitor, version)
        return visitor.refused("staff/policy_draft.html", error, form, missing=False, **context)
    return visitor.go("/staff/policy", notice="policy-published")


async def _draft(visitor: Visitor, version: str) -> dict[str, Any]:
    register = await visitor.caller.get("consent", "/policy/register")
    ready = next((one for one in register["ready"] if one["version"] == version), None)
    last = [one["version"] for one in register["published"]] or [register["in_force"]["version"]]
    comparison = await visitor.caller.get(
        "consent", "/policy/register/changes", since=last[0], to=version
    )
    return {"ready": ready, "comparison": comparison}
