"""Security's register of anomalies: what was found and seen, and what is done (C7.4, C7.8)."""

from collections.abc import Mapping
from typing import Annotated, Final, TypedDict

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway import labels
from services.gateway.pages.staff.choices import named
from services.gateway.services import Json, Part, ServiceProblemError
from services.gateway.visitor import Visitor, may

router = APIRouter(prefix="/staff/anomalies")

Security = Annotated[
    Visitor, may("identity GET /anomalies", "identity POST /anomalies/{anomaly_id}/dismissal")
]
STATES: Final = tuple(labels.ANOMALY_STATES)
RULES_PART: Final = "/watch-rules"


class OneContext(TypedDict):
    """What the page of one anomaly needs."""

    anomaly: Json
    rule: Json
    counts: list[tuple[str, object]]
    seen: list[tuple[str, object]]
    reasons: list[tuple[str, str]]


@router.get("")
async def anomalies(
    visitor: Security, state: str = "open", rule: str = "", page: int = 1
) -> Response:
    """List anomalies, narrowed by state and rule, with what watches and what does not."""
    chosen = state if state in STATES else ""
    found = await visitor.caller.part(
        "identity", "/anomalies", state=chosen, rule=rule or None, page=page
    )
    rules = await visitor.caller.part("identity", RULES_PART)
    titles = _titles(visitor, rules)
    return visitor.page(
        "staff/anomalies.html",
        anomalies=found,
        rules=rules,
        titles=titles,
        state=chosen,
        states=named(visitor, "anomaly_state", STATES),
        rule=rule,
        rule_choices=[("", visitor.words.say(labels.ANOMALY_STATES[""])), *titles.items()],
        inactive=[one for one in (rules.data or {}).get("rules", []) if not one["active"]],
        page=page,
    )


@router.get("/{anomaly_id}")
async def anomaly(visitor: Security, anomaly_id: str) -> Response:
    """Show one anomaly."""
    return visitor.page("staff/anomaly.html", **await _one(visitor, anomaly_id))


@router.post("/{anomaly_id}/dismissal")
async def dismiss(visitor: Security, anomaly_id: str) -> Response:
    """Settle it as a false alarm, with the reason."""
    form = await visitor.form()
    path, body = f"/anomalies/{anomaly_id}/dismissal", {"reason": form.get("reason", "")}
    try:
        await visitor.caller.send("POST", "identity", path, body, key=form.get("once"))
    except ServiceProblemError as error:
        context = await _one(visitor, anomaly_id)
        return visitor.refused("staff/anomaly.html", error, form, **context)
    return visitor.go(f"/staff/anomalies/{anomaly_id}", notice="anomaly-dismissed")


@router.post("/{anomaly_id}/incident")
async def open_incident(visitor: Security, anomaly_id: str) -> Response:
    """Open an incident that is filled in with what the rule suspects."""
    form = await visitor.form()
    found = await visitor.caller.get("identity", f"/anomalies/{anomaly_id}")
    suspicion = found["suspicion"] or {}
    body = {
        "natures": suspicion.get("natures", []),
        "cause": suspicion.get("cause", "unknown"),
        "began_at": suspicion.get("since"),
        "anomaly_id": anomaly_id,
        "suspicion": found["suspicion"],
    }
    try:
        opened = await visitor.caller.send(
            "POST", "retention", "/incidents", body, key=form.get("once")
        )
    except ServiceProblemError as error:
        context = await _one(visitor, anomaly_id)
        return visitor.refused("staff/anomaly.html", error, form, **context)
    return visitor.go(f"/staff/incidents/{opened['incident_id']}", notice="incident-opened")


async def _one(visitor: Visitor, anomaly_id: str) -> OneContext:
    found = await visitor.caller.get("identity", f"/anomalies/{anomaly_id}")
    rules = await visitor.caller.get("identity", RULES_PART)
    known = {one["id"]: one for one in rules["rules"]}
    rule = known.get(found.get("rule", ""), {})
    return {
        "anomaly": found,
        "rule": {
            "title": _say(visitor, rule.get("title")) or found.get("rule", ""),
            "advice": _say(visitor, rule.get("advice")),
        },
        "counts": _told(visitor, "anomaly_count", found.get("counts", {})),
        "seen": _told(visitor, "anomaly_seen", found["seen"]),
        "reasons": named(visitor, "false_alarm", labels.FALSE_ALARMS),
    }


def _told(visitor: Visitor, kind: str, values: Mapping[str, object]) -> list[tuple[str, object]]:
    return [
        (labels.label(visitor.words, kind, key), value or None) for key, value in values.items()
    ]


def _titles(visitor: Visitor, rules: Part) -> dict[str, str]:
    known = (rules.data or {}).get("rules", [])
    return {one["id"]: _say(visitor, one["title"]) for one in known}


def _say(visitor: Visitor, text: Mapping[str, str] | None) -> str:
    return "" if text is None else text[visitor.language]
