"""Events that staff announce: whoever consents to invitations is mailed one (C9.2)."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway import labels
from services.gateway.services import ServiceProblemError
from services.gateway.visitor import Visitor, may
from services.gateway.wording import PARIS

router = APIRouter(prefix="/staff/events")

Host = Annotated[Visitor, may("notify GET /events", "notify POST /events")]
CallingOff = Annotated[Visitor, may("notify POST /events/{event_id}/calling-off")]
PAGE: Final = "staff/events.html"
NEEDED: Final = (
    "heading_fr",
    "heading_en",
    "summary_fr",
    "summary_en",
    "venue",
    "starts_at",
    "ends_at",
)


@router.get("")
async def show(visitor: Host) -> Response:
    """Show what was announced, and a form for another event."""
    return visitor.page(PAGE, **await _context(visitor))


@router.post("")
async def announce(visitor: Host) -> Response:
    """Announce an event, once it is confirmed that both languages are right."""
    form = await visitor.form()
    missing = [name for name in NEEDED if not form.get(name)]
    if missing or form.get("confirm") != "yes":
        wrong = {name: visitor.words.say(labels.field_error(name, "missing")) for name in missing}
        return visitor.page(
            PAGE,
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
            unconfirmed=form.get("confirm") != "yes",
            errors=wrong,
            values=form,
            **await _context(visitor),
        )
    body = {
        "heading": _both(form, "heading"),
        "summary": _both(form, "summary"),
        "venue": form.get("venue", ""),
        "starts_at": _instant(form.get("starts_at", "")),
        "ends_at": _instant(form.get("ends_at", "")),
    }
    try:
        await visitor.caller.send("POST", "notify", "/events", body, key=form.get("once"))
    except ServiceProblemError as error:
        return visitor.refused(PAGE, error, form, **await _context(visitor))
    return visitor.go("/staff/events", notice="event-announced")


@router.post("/{event_id}/calling-off")
async def call_off(visitor: CallingOff, event_id: str) -> Response:
    """Let no invitation leave any more."""
    form = await visitor.form()
    path = f"/events/{event_id}/calling-off"
    await visitor.caller.send("POST", "notify", path, {}, key=form.get("once"))
    return visitor.go("/staff/events", notice="event-called-off")


async def _context(visitor: Visitor) -> dict[str, Any]:
    return {"events": await visitor.caller.part("notify", "/events")}


def _both(form: Mapping[str, str], name: str) -> dict[str, str]:
    return {language: form.get(f"{name}_{language}", "") for language in ("fr", "en")}


def _instant(written: str) -> str:
    """Return what a form calls a time, in Paris, as an instant; else what was written."""
    try:
        return datetime.fromisoformat(written).replace(tzinfo=PARIS).isoformat()
    except ValueError:
        return written
