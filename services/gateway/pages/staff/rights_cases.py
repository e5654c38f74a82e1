"""The officer's rights cases: the list with its terms, figures, one case to act on (C8, C13)."""

from http import HTTPStatus
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway import labels
from services.gateway.pages.staff.acts import Acts, request_for
from services.gateway.pages.staff.choices import named
from services.gateway.pages.staff.support import ASSIGNED
from services.gateway.services import ServiceProblemError
from services.gateway.visitor import Visitor, may

router = APIRouter(prefix="/staff/rights-cases")

Officer = Annotated[
    Visitor,
    may(
        "identity GET /rights-cases",
        "identity POST /rights-cases",
        "identity GET /support-requests/{request_id}",
    ),
]
OUTCOMES: Final = ("granted", "partly_granted", "refused", "unidentified")
"""What staff may end a case with."""
ACTIONS: Final[Acts] = {
    "assignment": ("PUT", (), "assigned"),
    "extension": ("POST", ("reason",), "rights-extended"),
    "confirmation-link": ("POST", (), "rights-link"),
    "answer": ("POST", ("outcome", "message"), "rights-answered"),
}


@router.get("")
async def cases(
    visitor: Officer, state: str = "open", kind: str = "", assigned: str = "anybody", page: int = 1
) -> Response:
    """List cases, the most urgent first, narrowed by state, kind and who takes care."""
    asked = {
        "state": state if state in labels.RIGHTS_STATES else "open",
        "kind": kind if kind in labels.RIGHTS_KINDS else "",
        "assigned": assigned if assigned in ASSIGNED else "anybody",
    }
    wanted = {name: value for name, value in asked.items() if value}
    found = await visitor.caller.part("identity", "/rights-cases", **wanted, page=page)
    figures = await visitor.caller.part("identity", "/rights-cases/statistics")
    say = visitor.words.say
    return visitor.page(
        "staff/rights_cases.html",
        cases=found,
        figures=figures,
        late=sum(one["overdue"] for one in (figures.data or {}).get("kinds", [])),
        page=page,
        values=asked,
        pages_of=urlencode(wanted),
        states=named(visitor, "rights_state", labels.RIGHTS_STATES),
        kinds=[("", say(labels.ANOMALY_STATES[""])), *_kinds(visitor)],
        assignments=[(code, say(text)) for code, text in ASSIGNED.items()],
    )


@router.post("")
async def enter(visitor: Officer) -> Response:
    """Open a case about an exchange of the privacy queue (C13.4)."""
    form = await visitor.form()
    body = {name: form[name] for name in ("request_id", "kind", "received_on") if form.get(name)}
    try:
        opened = await visitor.caller.send(
            "POST", "identity", "/rights-cases", body, key=form.get("once")
        )
    except ServiceProblemError as error:
        return visitor.refused(
            "staff/rights_case_new.html",
            error,
            form,
            request_id=form.get("request_id", ""),
            kinds=_kinds(visitor),
        )
    return visitor.go(f"/staff/rights-cases/{opened['case_id']}", notice="rights-entered")


@router.get("/new")
async def new(visitor: Officer, request_id: str = "") -> Response:
    """Ask which right an exchange is about, and when it came."""
    return visitor.page(
        "staff/rights_case_new.html", values={}, request_id=request_id, kinds=_kinds(visitor)
    )


@router.get("/{case_id}")
async def case(visitor: Officer, case_id: str) -> Response:
    """Show one case with its term, what was said, and what can be done."""
    return visitor.page("staff/rights_case.html", values={}, **await _one(visitor, case_id))


@router.post("/{case_id}/{action}")
async def act(visitor: Officer, case_id: str, action: str) -> Response:
    """Take on, extend or answer a case."""
    form = await visitor.form()
    method, body, notice = request_for(ACTIONS, action, form)
    try:
        await visitor.caller.send(
            method, "identity", f"/rights-cases/{case_id}/{action}", body, key=form.get("once")
        )
    except ServiceProblemError as error:
        if error.status == HTTPStatus.NOT_FOUND:
            raise
        return visitor.refused(
            "staff/rights_case.html", error, form, **await _one(visitor, case_id)
        )
    return visitor.go(f"/staff/rights-cases/{case_id}", notice=notice)


@router.post("/{case_id}/recipients/{recipient}")
async def told(visitor: Officer, case_id: str, recipient: str) -> Response:
    """Note that a recipient was told of the change (GDPR art. 19)."""
    form = await visitor.form()
    path = f"/rights-cases/{case_id}/recipients/{recipient}"
    await visitor.caller.send("POST", "identity", path, key=form.get("once"))
    return visitor.go(f"/staff/rights-cases/{case_id}", notice="recipient-told")


async def _one(visitor: Visitor, case_id: str) -> dict[str, Any]:
    """Return what the page of one case needs; its exchange may be forgotten."""
    found = await visitor.caller.get("identity", f"/rights-cases/{case_id}")
    exchange = None
    if not found["act"]:
        exchange = await visitor.caller.part("identity", f"/support-requests/{case_id}")
    file = None
    if found["kind"] == "access":
        file = (await visitor.caller.part("identity", f"/access-files/{case_id}")).data
    return {
        "case": found,
        "file": file,
        "exchange": exchange,
        "mine": found["assignee"] == visitor.session_in_use.subject,
        "outcomes": named(visitor, "rights_outcome", OUTCOMES),
        "reasons": named(visitor, "extension_reason", labels.EXTENSION_REASONS),
    }


def _kinds(visitor: Visitor) -> list[tuple[str, str]]:
    return named(visitor, "rights_kind", labels.RIGHTS_KINDS)
