"""Official demands: the register, one demand with both sides of its filter, the file (C6.2)."""

from base64 import b64decode
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway import labels
from services.gateway.pages.staff.acts import Acts, request_for
from services.gateway.pages.staff.choices import boxed, named, said
from services.gateway.services import Json, ServiceProblemError
from services.gateway.uploads import as_json
from services.gateway.visitor import Visitor, may
from shared.demand_words import DEMAND_AUTHORITIES, DEMAND_KINDS, LEGAL_ARTICLES
from shared.http.download import download

router = APIRouter(prefix="/staff/demands")

Reader = Annotated[Visitor, may("identity GET /demands", "identity GET /demands/{demand_id}")]
Officer = Annotated[
    Visitor, may("identity POST /demands", "identity GET /demands/{demand_id}/disclosure/values")
]
Second = Annotated[
    Visitor,
    may(
        "identity POST /demands/{demand_id}/disclosure/approval",
        "identity POST /demands/{demand_id}/disclosure/refusal",
    ),
]
DEMANDED: Final = tuple(
    code for code in labels.CATEGORIES if code in labels.BASES_OF_CATEGORIES and code != "demand"
)
"""Categories that an authority can ask for."""
ACTIONS: Final[Acts] = {
    "disclosure": ("POST", (), "demand-prepared"),
    "secrecy": ("POST", ("secrecy", "secret_until"), "demand-secrecy"),
    "closure": ("POST", ("outcome",), "demand-closed"),
    "contest": ("POST", ("forum", "until"), "demand-contested"),
    "contest-result": ("POST", ("result",), "demand-settled"),
    "check": ("POST", (), "demand-checked"),
}
DECISIONS: Final[Acts] = {
    "approval": ("POST", ("disclosure_id",), "demand-approved"),
    "refusal": ("POST", ("disclosure_id",), "demand-declined"),
}


@router.get("")
async def register(visitor: Reader, state: str = "open", kind: str = "", page: int = 1) -> Response:
    """List demands, the latest first, narrowed by state and kind."""
    asked = {
        "state": state if state in labels.DEMAND_FILTERS else "open",
        "kind": kind if kind in DEMAND_KINDS else "",
    }
    wanted = {name: value for name, value in asked.items() if value}
    return visitor.page(
        "staff/demands.html",
        demands=await visitor.caller.part("identity", "/demands", **wanted, page=page),
        page=page,
        values=asked,
        pages_of=urlencode(wanted),
        states=named(visitor, "demand_filter", labels.DEMAND_FILTERS),
        kinds=[("", visitor.words.say(labels.ANOMALY_STATES[""])), *said(visitor, DEMAND_KINDS)],
        kind_names=dict(said(visitor, DEMAND_KINDS)),
        authority_names=dict(said(visitor, DEMAND_AUTHORITIES)),
    )


@router.get("/new")
async def new(visitor: Officer) -> Response:
    """Ask what the authority's document says."""
    return visitor.page("staff/demand_new.html", **_choices(visitor))


@router.post("")
async def note(visitor: Officer) -> Response:
    """Note a demand with its document."""
    form = await visitor.form()
    body = {**_body(form), **as_json(visitor.uploads)}
    try:
        noted = await visitor.caller.send(
            "POST", "identity", "/demands", body, key=form.get("once")
        )
    except ServiceProblemError as error:
        return visitor.refused("staff/demand_new.html", error, form, **_choices(visitor))
    notice = "demand-unknown" if noted["unknown_persons"] else "demand-noted"
    return visitor.go(f"/staff/demands/{noted['demand_id']}", notice=notice)


@router.get("/{demand_id}")
async def demand(visitor: Reader, demand_id: str) -> Response:
    """Show one demand: what would be disclosed, what not and why, and what can be done."""
    return visitor.page("staff/demand.html", **await _one(visitor, demand_id))


@router.get("/{demand_id}/values")
async def values(visitor: Officer, demand_id: str) -> Response:
    """Show every value that would be handed over; who looked is recorded first."""
    path = f"/demands/{demand_id}/disclosure/values"
    shown = await visitor.caller.get("identity", path)
    return visitor.page(
        "staff/demand_values.html", shown=shown["items"], **await _one(visitor, demand_id)
    )


@router.get("/{demand_id}/document")
async def document(visitor: Officer, demand_id: str) -> Response:
    """Hand out the authority's document."""
    found = await visitor.caller.get("identity", f"/demands/{demand_id}/document")
    return _saved(found)


@router.post("/{demand_id}/delivery")
async def deliver(visitor: Officer, demand_id: str) -> Response:
    """Hand out the file that was approved, once; its copy goes."""
    form = await visitor.form()
    body = {"disclosure_id": form.get("disclosure_id", "")}
    path = f"/demands/{demand_id}/delivery"
    try:
        found = await visitor.caller.send("POST", "identity", path, body, key=form.get("once"))
    except ServiceProblemError as error:
        return visitor.refused("staff/demand.html", error, form, **await _one(visitor, demand_id))
    return _saved(found)


@router.post("/{demand_id}/decision/{action}")
async def decide(visitor: Second, demand_id: str, action: str) -> Response:
    """Agree to what was composed, or refuse it, as the second person."""
    form = await visitor.form()
    _, body, notice = request_for(DECISIONS, action, form)
    return await _act(visitor, demand_id, f"disclosure/{action}", body, form, notice)


@router.post("/{demand_id}/{action}")
async def act(visitor: Officer, demand_id: str, action: str) -> Response:
    """Check, contest, settle, prepare or close a demand, or change its secrecy."""
    form = await visitor.form()
    _, body, notice = request_for(ACTIONS, action, form)
    if action == "check":
        body = {"holds": boxed(form, "holds")}
    if action == "contest":
        body["reasons"] = boxed(form, "reason")
    if action == "contest-result" and form.get("result") == "narrowed":
        body["scope"] = _scope(form)
    return await _act(visitor, demand_id, action, body, form, notice)


async def _act(
    visitor: Visitor, demand_id: str, act: str, body: Json, form: dict[str, str], notice: str
) -> Response:
    path = f"/demands/{demand_id}/{act}"
    try:
        await visitor.caller.send("POST", "identity", path, body, key=form.get("once"))
    except ServiceProblemError as error:
        if error.status == HTTPStatus.NOT_FOUND:
            raise
        return visitor.refused("staff/demand.html", error, form, **await _one(visitor, demand_id))
    return visitor.go(f"/staff/demands/{demand_id}", notice=notice)


async def _one(visitor: Visitor, demand_id: str) -> dict[str, Any]:
    """Return what the page of one demand needs."""
    found = await visitor.caller.get("identity", f"/demands/{demand_id}")
    steps = [
        {
            "what": labels.label(visitor.words, "demand_step", one["event"]),
            "when": visitor.words.moment(one["at"]),
            "iso": one["at"],
            "state": "done",
            "note": "",
        }
        for one in found["history"]
        if one["event"] != "PartTaken"
    ]
    prepared = found["disclosure"]
    me = visitor.session_in_use.subject
    return {
        "demand": found,
        "steps": steps,
        "officer": visitor.role == "dpo",
        "own": prepared is not None and prepared["prepared_by"] == me,
        **_choices(visitor),
        "points": named(visitor, "checked_point", labels.CHECKED_POINTS),
        "reasons": named(visitor, "contest_reason", labels.CONTEST_REASONS),
        "forums": named(visitor, "contest_forum", labels.CONTEST_FORUMS),
        "results": named(visitor, "contest_result", labels.CONTEST_RESULTS),
        "outcomes": named(visitor, "demand_outcome", ("not_possible", "refused", "withdrawn")),
    }


def _choices(visitor: Visitor) -> dict[str, Any]:
    kinds = said(visitor, DEMAND_KINDS)
    authorities, articles = said(visitor, DEMAND_AUTHORITIES), said(visitor, LEGAL_ARTICLES)
    return {
        "kinds": kinds,
        "authorities": authorities,
        "articles": articles,
        "kind_names": dict(kinds),
        "authority_names": dict(authorities),
        "article_names": dict(articles),
        "categories": named(visitor, "category", DEMANDED),
        "secrecies": named(visitor, "secrecy", labels.SECRECIES),
    }


def _body(form: Mapping[str, str]) -> dict[str, Any]:
    names = (
        "kind",
        "authority",
        "article",
        "article_reference",
        "reference",
        "matter_id",
        "received_on",
        "due_on",
        "secrecy",
        "secret_until",
    )
    return {name: form[name] for name in names if form.get(name)} | _scope(form)


def _scope(form: Mapping[str, str]) -> dict[str, Any]:
    period = {name: form[name] for name in ("since", "until") if form.get(name)}
    persons = form.get("persons", "").replace(",", " ").split()
    return {**period, "persons": persons, "categories": boxed(form, "category")}


def _saved(file: Json) -> Response:
    return download(b64decode(file["content"]), file["media_type"], file["name"])
