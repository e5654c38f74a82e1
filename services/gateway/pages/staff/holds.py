"""The data protection officer's holds and the matters they belong to (C6.2)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Final, TypedDict

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway import labels
from services.gateway.pages.staff.choices import OF_PEOPLE, boxed, named
from services.gateway.services import Json, Part, ServiceProblemError, items
from services.gateway.visitor import Visitor, may
from services.gateway.wording import PARIS, marked

router = APIRouter(prefix="/staff")

Officer = Annotated[
    Visitor,
    may(
        "retention GET /holds",
        "retention POST /holds",
        "retention GET /matters",
        "retention POST /matters",
    ),
]
Form = Mapping[str, str]

STATES: Final = ("active", "to_review", "overdue", "ended")
OBJECTS: Final = ("learning_history", "payment", "support")
"""Categories of which single objects can be named on screen."""
PERIODS: Final = (1, 2, 3, 6, 12)


class ListContext(TypedDict):
    """What the page of holds needs."""

    holds: Part
    state: str
    states: list[tuple[str, str]]
    page: int
    matters: list[tuple[str, str]]
    grounds: list[tuple[str, str]]
    authorities: list[tuple[str, str]]
    categories: list[tuple[str, str]]
    periods: list[tuple[str, str]]


class HoldContext(TypedDict):
    """What the page of one hold needs."""

    hold: Json
    steps: list[dict[str, str]]
    outcomes: list[tuple[str, str]]
    reasons: list[tuple[str, str]]
    next_review: str


class MattersContext(TypedDict):
    """What the page of matters needs."""

    matters: Part
    page: int
    grounds: list[tuple[str, str]]
    authorities: list[tuple[str, str]]
    reasons: list[tuple[str, str]]


@router.get("/holds")
async def holds(visitor: Officer, state: str = "active", page: int = 1) -> Response:
    """List legal holds, narrowed by state."""
    return visitor.page("staff/holds.html", **await _list(visitor, state, page))


@router.post("/holds")
async def place_hold(visitor: Officer) -> Response:
    """Place a hold on parts of one person's data."""
    form = await visitor.form()
    body = {
        "subject_id": form.get("subject_id", ""),
        "expires_at": form.get("expires_at", ""),
        "matter_id": form.get("matter_id") or None,
        "ground": form.get("ground") or None,
        "authority": form.get("authority") or None,
        "reference": form.get("reference") or None,
        "review_every": form.get("review_every") or None,
        "disclosed_from": form.get("disclosed_from") or None,
        "categories": boxed(form, "category"),
        "scopes": _objects(form),
    }
    given = {name: value for name, value in body.items() if value is not None}
    try:
        await visitor.caller.send("POST", "retention", "/holds", given, key=form.get("once"))
    except ServiceProblemError as error:
        context = await _list(visitor, "active", 1)
        return visitor.refused("staff/holds.html", error, form, **context)
    return visitor.go("/staff/holds", notice="hold-placed")


@router.get("/holds/{hold_id}")
async def hold(visitor: Officer, hold_id: str) -> Response:
    """Show one hold, what happened to it, and what may be decided."""
    return visitor.page("staff/hold.html", **await _one(visitor, hold_id))


@router.post("/holds/{hold_id}/review")
async def review_hold(visitor: Officer, hold_id: str) -> Response:
    """Record a review that keeps the hold; ask a second person to narrow or to lift it."""
    form = await visitor.form()
    body = {
        "outcome": form.get("outcome", ""),
        "reason": form.get("reason", ""),
        "reference": form.get("reference") or "none",
        "review_at": form.get("review_at") or None,
        "scopes": [_scope(name) for name in boxed(form, "scope")],
    }
    notice = "hold-reviewed" if body["outcome"] == "keep" else "second-person-asked"
    return await _act(visitor, hold_id, "review", body, form, notice=notice)


@router.post("/holds/{hold_id}/extension")
async def extend_hold(visitor: Officer, hold_id: str) -> Response:
    """Let a hold end later."""
    form = await visitor.form()
    body = {
        "expires_at": form.get("expires_at", ""),
        "reason": form.get("reason", ""),
        "reference": form.get("reference") or "none",
        "disclosed_from": form.get("disclosed_from") or None,
    }
    return await _act(visitor, hold_id, "extension", body, form, notice="hold-extended")


@router.get("/matters")
async def matters(visitor: Officer, page: int = 1) -> Response:
    """List the matters that holds belong to."""
    return visitor.page("staff/matters.html", **await _matters(visitor, page))


@router.post("/matters")
async def open_matter(visitor: Officer) -> Response:
    """Open a matter."""
    form = await visitor.form()
    body = {name: form.get(name, "") for name in ("ground", "authority", "reference")}
    try:
        await visitor.caller.send("POST", "retention", "/matters", body, key=form.get("once"))
    except ServiceProblemError as error:
        return visitor.refused("staff/matters.html", error, form, **await _matters(visitor, 1))
    return visitor.go("/staff/matters", notice="matter-opened")


@router.post("/matters/{matter_id}/closure")
async def close_matter(visitor: Officer, matter_id: str) -> Response:
    """Ask for a matter to be closed: its holds are lifted once a second person confirms."""
    form = await visitor.form()
    path, body = f"/matters/{matter_id}/closure", {"reason": form.get("reason", "")}
    try:
        await visitor.caller.send("POST", "retention", path, body, key=form.get("once"))
    except ServiceProblemError as error:
        return visitor.refused("staff/matters.html", error, form, **await _matters(visitor, 1))
    return visitor.go("/staff/matters", notice="second-person-asked")


async def _act(
    visitor: Visitor, hold_id: str, act: str, body: Json, form: Form, notice: str
) -> Response:
    path = f"/holds/{hold_id}"
    try:
        await visitor.caller.send("POST", "retention", f"{path}/{act}", body, key=form.get("once"))
    except ServiceProblemError as error:
        context = await _one(visitor, hold_id)
        return visitor.refused("staff/hold.html", error, form, act=act, **context)
    return visitor.go(f"/staff{path}", notice=notice)


async def _list(visitor: Visitor, state: str, page: int) -> ListContext:
    chosen = state if state in STATES else ""
    caller, words = visitor.caller, visitor.words
    open_ones = await caller.part("retention", "/matters", state="open")
    known = [(one["matter_id"], _matter_name(visitor, one)) for one in items(open_ones.data)]
    return {
        "holds": await caller.part("retention", "/holds", state=chosen, page=page),
        "state": chosen,
        "states": [("", words.say(marked("All"))), *named(visitor, "hold_state", STATES)],
        "page": page,
        "matters": [("", words.say(marked("A new one, opened with this hold"))), *known],
        "grounds": named(visitor, "ground", labels.GROUNDS),
        "authorities": named(visitor, "authority", labels.AUTHORITIES),
        "categories": named(visitor, "category", OF_PEOPLE),
        "periods": [(str(n), words.say(marked("%(n)s months"), n=n)) for n in PERIODS],
    }


async def _one(visitor: Visitor, hold_id: str) -> HoldContext:
    found = await visitor.caller.get("retention", f"/holds/{hold_id}")
    steps = [
        {
            "what": labels.label(visitor.words, "hold_step", one["event"]),
            "when": visitor.words.moment(at),
            "iso": at,
            "state": "done",
            "note": _note(visitor, one),
        }
        for one in found["history"]
        for at in [_when(one)]
    ]
    return {
        "hold": found,
        "steps": steps,
        "outcomes": named(visitor, "outcome", labels.OUTCOMES),
        "reasons": named(visitor, "hold_reason", labels.HOLD_REASONS),
        "next_review": (visitor.now.astimezone(PARIS).date() + timedelta(days=90)).isoformat(),
    }


async def _matters(visitor: Visitor, page: int) -> MattersContext:
    return {
        "matters": await visitor.caller.part("retention", "/matters", page=page),
        "page": page,
        "grounds": named(visitor, "ground", labels.GROUNDS),
        "authorities": named(visitor, "authority", labels.AUTHORITIES),
        "reasons": named(visitor, "hold_reason", labels.HOLD_REASONS),
    }


def _matter_name(visitor: Visitor, matter: Json) -> str:
    authority = labels.label(visitor.words, "authority", matter["authority"])
    return f"{matter['reference']} ({authority})"


def _when(event: Json) -> str:
    """Return when the event of a hold happened: the instant that its own field tells."""
    names = ("placed", "extended", "reviewed", "reminded", "noticed", "disclosed", "lifted")
    return next(str(event[f"{name}_at"]) for name in names if f"{name}_at" in event)


def _note(visitor: Visitor, event: Json) -> str:
    """Return the outcome, reason and file number of an event, in words."""
    words = visitor.words
    parts = [labels.label(words, "state", event["outcome"])] if "outcome" in event else []
    if "cause" in event:
        parts.append(labels.label(words, "state", event["cause"]))
    if "reason" in event:
        parts.append(labels.label(words, "hold_reason", event["reason"]))
    if event.get("reference", "none") != "none":
        parts.append(event["reference"])
    return ", ".join(parts)


def _objects(form: Form) -> list[dict[str, str]]:
    """Return the single objects that the form names, several separated by commas."""
    return [
        {"category": category, "object": thing}
        for category in OBJECTS
        for thing in form.get(f"object-{category}", "").replace(",", " ").split()
    ]


def _scope(name: str) -> dict[str, str | None]:
    """Return the scope that a box names, `<category>/<object>`."""
    category, _, thing = name.partition("/")
    return {"category": category, "object": thing or None}
