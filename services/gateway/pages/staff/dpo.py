"""The data protection officer's console: clocks, preview, cases, certificates, alarms."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway import labels
from services.gateway.pages.staff.choices import named
from services.gateway.visitor import Visitor, may
from services.gateway.wording import PARIS, marked

router = APIRouter(prefix="/staff")


Officer = Annotated[
    Visitor,
    may(
        "retention GET /clocks",
        "retention GET /preview",
        "retention GET /cases",
        "retention GET /certificates/{certificate_id}",
        "retention GET /alarms",
    ),
]

STATES: Final = ("running", "waiting", "due", "held", "ordered", "done", "alarm")


@router.get("/clocks")
async def clocks(visitor: Officer, state: str = "", page: int = 1) -> Response:
    """List clocks, narrowed by state."""
    chosen = state if state in STATES else ""
    part = await visitor.caller.part("retention", "/clocks", state=chosen, page=page)
    say = visitor.words.say
    return visitor.page(
        "staff/clocks.html",
        clocks=part,
        state=chosen,
        states=[("", say(marked("All"))), *named(visitor, "clock_state", STATES)],
        page=page,
    )


@router.get("/preview")
async def preview(visitor: Officer, until: str = "") -> Response:
    """Show what the rules will do until a day, before they do it."""
    day = until or (visitor.now.astimezone(PARIS).date() + timedelta(days=30)).isoformat()
    part = await visitor.caller.part("retention", "/preview", until=day)
    return visitor.page("staff/preview.html", preview=part, until=day)


@router.get("/cases")
async def cases(visitor: Officer, page: int = 1) -> Response:
    """List erasure cases."""
    part = await visitor.caller.part("retention", "/cases", page=page)
    return visitor.page("staff/cases.html", cases=part, page=page)


@router.get("/cases/{case_id}")
async def case(visitor: Officer, case_id: str) -> Response:
    """Show one case step by step."""
    found = await visitor.caller.get("retention", f"/cases/{case_id}")
    acknowledged = [
        (one["service"], category, count)
        for one in found["acknowledgements"]
        for category, count in _concerned(one["counts"])
    ]
    steps = [
        {
            "what": labels.label(visitor.words, "case_step", one["step"]),
            "when": visitor.words.moment(one["at"]),
            "iso": one["at"],
            "state": "done",
        }
        for one in found["steps"]
    ]
    return visitor.page("staff/case.html", case=found, steps=steps, acknowledged=acknowledged)


@router.get("/certificates/{certificate_id}")
async def certificate(visitor: Officer, certificate_id: str) -> Response:
    """Show a certificate of erasure."""
    found = await visitor.caller.get("retention", f"/certificates/{certificate_id}")
    return visitor.page("staff/certificate.html", certificate=found)


@router.get("/alarms")
async def alarms(visitor: Officer) -> Response:
    """List what needs the officer."""
    part = await visitor.caller.part("retention", "/alarms")
    return visitor.page("staff/alarms.html", alarms=part)


def _concerned(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return the categories a service held something of; one empty row where it held nothing."""
    return [pair for pair in counts.items() if pair[1]] or [("", 0)]
