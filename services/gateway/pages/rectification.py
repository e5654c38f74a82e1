"""Where each value is corrected, and values that their person marks as wrong (C8.2)."""

from collections.abc import Collection, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway import labels
from services.gateway.held_data import Datum
from services.gateway.services import Json, Part, ServiceProblemError, items
from services.gateway.visitor import Learner, Visitor
from services.gateway.wording import marked

router = APIRouter(prefix="/my-data/disputes")

AT_ONCE: Final[Mapping[str, str]] = {
    "first_name": "/account",
    "last_name": "/account",
    "telephone": "/account",
    "zone": "/account",
    "goals": "/account",
    "experience": "/account",
    "availability": "/account",
    "pace": "/account",
    "format": "/account",
    "email": "/account/email",
    "adult_on": "/account/minority",
    "guardian_email": "/account/minority",
}
"""What the person corrects themselves, and where."""
DISPUTED: Final = frozenset({"score", "comment", "billing_name", "access_until"})
"""What others have established: marked as wrong, and decided by who may."""
CHOICES: Final = ("consent:", "objection:", "restriction:")
TECHNICAL: Final = frozenset(
    {
        "password_hash",
        "secret",
        "hashes",
        "credential_id",
        "public_key",
        "token",
        "stop_token",
        "previous_email",
        "mail",
        "answers",
        "explained",
        "contribution",
    }
)
"""What cannot be wrong: made by the system, or words that were shown."""


def corrected_at(datum: Datum) -> str | None:
    """Return the page on which a value is corrected, or said to be wrong; `None`: it cannot be."""
    field = datum.field
    if datum.erased or field in TECHNICAL:
        return None
    if field in AT_ONCE:
        return AT_ONCE[field]
    if field.startswith(CHOICES):
        return "/consents"
    if field in DISPUTED and datum.event_id:
        return "/my-data/disputes/new?" + urlencode({"about": datum.event_id, "field": field})
    return "/my-requests?" + urlencode({"kind": "rectification", "about": field})


def contested(disputes: Part) -> Collection[tuple[str, str]]:
    """Return which values somebody is about to decide about."""
    return {(one["about"], one["field"]) for one in items(disputes.data) if one["outcome"] is None}


@router.get("")
async def disputes(visitor: Learner) -> Response:
    """Show what the learner marked as wrong, and what came of it."""
    part = await visitor.caller.part("learning", "/me/disputes")
    return visitor.page("pages/disputes.html", disputes=part)


@router.get("/new")
async def new(visitor: Learner, about: str = "", field: str = "") -> Response:
    """Ask what a value should be, and why."""
    asked = {"about": about, "field": field if field in DISPUTED else ""}
    return visitor.page("pages/dispute.html", values=asked, value=await _value(visitor, asked))


@router.post("")
async def mark(visitor: Learner) -> Response:
    """Mark a value as wrong."""
    form = await visitor.form()
    body: dict[str, Any] = {
        name: form[name] for name in ("about", "field", "should_be", "why") if form.get(name)
    }
    body["restricted"] = form.get("restricted") == "yes"
    try:
        await visitor.caller.send("POST", "learning", "/me/disputes", body, key=form.get("once"))
    except ServiceProblemError as error:
        value = await _value(visitor, form)
        return visitor.refused("pages/dispute.html", error, form, value=value)
    return visitor.go("/my-data/disputes", notice="disputed")


@router.post("/{dispute_id}/withdrawal")
async def take_back(visitor: Learner, dispute_id: str) -> Response:
    """Take it back: the value counts as it is."""
    form = await visitor.form()
    path = f"/me/disputes/{dispute_id}/withdrawal"
    await visitor.caller.send("POST", "learning", path, key=form.get("once"))
    return visitor.go("/my-data/disputes", notice="rights-withdrawn")


async def _value(visitor: Visitor, asked: Mapping[str, str]) -> str | None:
    """Return what is held, for the page to show beside the question."""
    if asked.get("field") == "access_until":
        mine = await visitor.caller.part("learning", "/me/enrolments")
        found = _first(mine, "enrolment_id", asked.get("about"))
        return None if found is None else str(found["access_until"])
    held = await visitor.caller.part("learning", "/me/held-data")
    rows = [row for row in items(held.data) if row["field"] == asked.get("field")]
    return next((row["value"] for row in rows if row["event_id"] == asked.get("about")), None)


def _first(part: Part, name: str, value: str | None) -> Json:
    return next((row for row in items(part.data) if row[name] == value), None)


def asked_about(visitor: Visitor, field: str) -> str:
    """Return how a request for a correction begins that a value's link leads to."""
    if field not in labels.FIELDS:
        return ""
    return (
        visitor.words.say(
            marked("It is about: %(field)s."), field=labels.label(visitor.words, "field", field)
        )
        + "\n"
    )
