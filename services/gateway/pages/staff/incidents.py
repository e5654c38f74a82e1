"""The register of incidents, for the officer and security (C7.8)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, TypedDict
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway import labels
from services.gateway.pages.staff.choices import OF_PEOPLE, boxed, named, said
from services.gateway.services import Json, Part, ServiceProblemError
from services.gateway.visitor import Visitor, may
from shared import incidents as codes
from shared.words import Text

router = APIRouter(prefix="/staff")

Watchful = Annotated[Visitor, may("retention GET /incidents", "retention POST /incidents")]
Officer = Annotated[
    Visitor,
    may(
        "retention POST /incidents/{incident_id}/disclosure",
        "retention POST /incidents/{incident_id}/closure",
    ),
]
Form = Mapping[str, str]
PARIS: Final = ZoneInfo("Europe/Paris")

STATES: Final = ("open", "closed")


class ListContext(TypedDict):
    """What the page of incidents needs."""

    incidents: Part
    state: str
    states: list[tuple[str, str]]
    page: int
    natures: list[tuple[str, str]]
    causes: list[tuple[str, str]]


class IncidentContext(TypedDict):
    """What the page of one incident needs."""

    incident: Json
    facts: Mapping[str, str]
    steps: list[dict[str, str]]
    choices: Mapping[str, list[tuple[str, str]]]
    chosen: Mapping[str, Mapping[str, str]]
    """Boxes that are ticked already."""
    suspected: Mapping[str, str]
    """What the anomaly behind it suggests to ask about its extent."""


@router.get("/incidents")
async def incidents(visitor: Watchful, state: str = "open", page: int = 1) -> Response:
    """List incidents, narrowed by state."""
    return visitor.page("staff/incidents.html", **await _list(visitor, state, page))


@router.post("/incidents")
async def open_incident(visitor: Watchful) -> Response:
    """Open an incident: 72 hours begin."""
    form = await visitor.form()
    body = {
        "exercise": "exercise" in form,
        "natures": boxed(form, "nature"),
        "cause": form.get("cause", ""),
        "began_at": form.get("began_at") or None,
        "aware_at": form.get("aware_at") or None,
    }
    try:
        opened = await visitor.caller.send(
            "POST", "retention", "/incidents", body, key=form.get("once")
        )
    except ServiceProblemError as error:
        context = await _list(visitor, "open", 1)
        return visitor.refused("staff/incidents.html", error, form, **context)
    return visitor.go(f"/staff/incidents/{opened['incident_id']}", notice="incident-opened")


@router.get("/incidents/{incident_id}")
async def incident(visitor: Watchful, incident_id: str) -> Response:
    """Show one incident, how long is left, and what is still to be done."""
    return visitor.page("staff/incident.html", **await _one(visitor, incident_id))


@router.post("/incidents/{incident_id}/extent")
async def measure(visitor: Watchful, incident_id: str) -> Response:
    """Compute whom and what it concerns."""
    form = await visitor.form()
    body = {
        "categories": boxed(form, "category"),
        "since": form.get("since", ""),
        "until": form.get("until") or None,
        "reader": form.get("reader") or None,
        "person": form.get("person") or None,
    }
    return await _act(visitor, incident_id, "extent", body, form)


@router.post("/incidents/{incident_id}/judgement")
async def judge(visitor: Watchful, incident_id: str) -> Response:
    """Say whether a draft is a breach."""
    form = await visitor.form()
    body = {"breach": form.get("breach") == "yes"}
    return await _act(visitor, incident_id, "judgement", body, form)


@router.post("/incidents/{incident_id}/risk")
async def assess(visitor: Watchful, incident_id: str) -> Response:
    """Say how likely harm is."""
    form = await visitor.form()
    body = {"risk": form.get("risk", ""), "consequences": boxed(form, "consequence")}
    return await _act(visitor, incident_id, "risk", body, form)


@router.post("/incidents/{incident_id}/measures")
async def take_measures(visitor: Watchful, incident_id: str) -> Response:
    """Note what was done."""
    form = await visitor.form()
    return await _act(visitor, incident_id, "measures", {"measures": boxed(form, "measure")}, form)


@router.post("/incidents/{incident_id}/notification")
async def notify(visitor: Watchful, incident_id: str) -> Response:
    """Note that the authority was told."""
    form = await visitor.form()
    body = {
        "complete": form.get("complete", "yes") == "yes",
        "reference": form.get("reference", ""),
        "late_because": form.get("late_because") or None,
    }
    return await _act(visitor, incident_id, "notification", body, form)


@router.post("/incidents/{incident_id}/disclosure")
async def disclose(visitor: Officer, incident_id: str) -> Response:
    """Have everybody concerned told."""
    form = await visitor.form()
    body = {"confirmed": form.get("confirmed", "")}
    return await _act(visitor, incident_id, "disclosure", body, form)


@router.post("/incidents/{incident_id}/closure")
async def close(visitor: Officer, incident_id: str) -> Response:
    """Close it with what was learnt."""
    form = await visitor.form()
    return await _act(visitor, incident_id, "closure", {"lessons": boxed(form, "lesson")}, form)


async def _act(visitor: Visitor, incident_id: str, act: str, body: Json, form: Form) -> Response:
    path = f"/incidents/{incident_id}"
    try:
        await visitor.caller.send("POST", "retention", f"{path}/{act}", body, key=form.get("once"))
    except ServiceProblemError as error:
        context = await _one(visitor, incident_id)
        return visitor.refused("staff/incident.html", error, form, act=act, **context)
    return visitor.go(f"/staff{path}", notice=f"incident-{act}")


async def _list(visitor: Visitor, state: str, page: int) -> ListContext:
    chosen = state if state in STATES else ""
    return {
        "incidents": await visitor.caller.part("retention", "/incidents", state=chosen, page=page),
        "state": chosen,
        "states": [
            ("", labels.label(visitor.words, "incident_state", "all")),
            *named(visitor, "incident_state", STATES),
        ],
        "page": page,
        "natures": said(visitor, codes.NATURES),
        "causes": said(visitor, codes.CAUSES),
    }


async def _one(visitor: Visitor, incident_id: str) -> IncidentContext:
    found = await visitor.caller.get("retention", f"/incidents/{incident_id}")
    words = visitor.words
    return {
        "incident": found,
        "facts": {
            "natures": _listed(visitor, codes.NATURES, found["natures"]),
            "cause": _listed(visitor, codes.CAUSES, [found["cause"]]),
            "risk": _listed(visitor, codes.RISKS, [found["risk"]] if found["risk"] else []),
            "consequences": _listed(visitor, codes.CONSEQUENCES, found["consequences"]),
            "measures": _listed(visitor, codes.MEASURES, found["measures"]),
            "lessons": _listed(visitor, codes.LESSONS, found["lessons"]),
        },
        "steps": [
            {
                "what": labels.label(words, "incident_step", one["event"]),
                "when": words.moment(one["at"]),
                "iso": one["at"],
                "state": "done",
                "note": labels.label(words, "role", one["role"]),
            }
            for one in found["history"]
        ],
        "choices": {
            "categories": named(visitor, "category", OF_PEOPLE),
            "risks": said(visitor, codes.RISKS),
            "consequences": said(visitor, codes.CONSEQUENCES),
            "measures": said(visitor, codes.MEASURES),
            "lessons": said(visitor, codes.LESSONS),
            "late": [("", ""), *said(visitor, codes.LATE_REASONS)],
        },
        "chosen": {
            "consequences": {f"consequence-{one}": "yes" for one in found["consequences"]},
        },
        "suspected": _suspected(found.get("suspicion")),
    }


def _suspected(suspicion: Json) -> Mapping[str, str]:
    """Return the form of the extent as an anomaly fills it in, in Paris time and whole minutes."""
    if not suspicion:
        return {}
    since, until = (datetime.fromisoformat(suspicion[one]) for one in ("since", "until"))
    return {
        **{f"category-{one}": "yes" for one in suspicion["categories"]},
        "since": f"{since.astimezone(PARIS):%Y-%m-%dT%H:%M}",
        "until": f"{until.astimezone(PARIS) + timedelta(minutes=1):%Y-%m-%dT%H:%M}",
        "reader": suspicion["reader"] or "",
        "person": suspicion["person"] or "",
    }


def _listed(visitor: Visitor, texts: Mapping[Any, Text], chosen: list[str]) -> str:
    return ", ".join(texts[code].say(visitor.language) for code in chosen)
