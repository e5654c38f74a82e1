"""The register of penetration tests: tests, what they found, when the next is due (C7.6)."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway.pages.staff.choices import boxed, said
from services.gateway.services import Json, ServiceProblemError
from services.gateway.visitor import Visitor, may
from shared import penetration_tests as codes
from shared.words import Text

router = APIRouter(prefix="/staff/penetration-tests")

Watchful = Annotated[Visitor, may("retention GET /penetration-tests")]
Security = Annotated[Visitor, may("retention POST /penetration-tests")]
PATH = "/penetration-tests"


@router.get("")
async def show(visitor: Watchful) -> Response:
    """Show the register."""
    return visitor.page("staff/penetration_tests.html", **await _context(visitor))


@router.post("")
async def record(visitor: Security) -> Response:
    """Record a test."""
    form = await visitor.form()
    body = {
        "done_on": form.get("done_on", ""),
        "firm": form.get("firm", ""),
        "report": form.get("report", ""),
        "scopes": boxed(form, "scope"),
    }
    return await _act(visitor, PATH, body, form, "penetration-test-recorded")


@router.post("/{test_id}/findings")
async def found(visitor: Security, test_id: str) -> Response:
    """Record what a test found."""
    form = await visitor.form()
    body = {
        "reference": form.get("reference", ""),
        "weakness": form.get("weakness", ""),
        "severity": form.get("severity", ""),
        "due_on": form.get("due_on") or None,
    }
    return await _act(visitor, f"{PATH}/{test_id}/findings", body, form, "finding-recorded")


@router.post("/{test_id}/findings/{finding_id}/settlement")
async def settle(visitor: Security, test_id: str, finding_id: str) -> Response:
    """Note that a finding is settled."""
    form = await visitor.form()
    path = f"{PATH}/{test_id}/findings/{finding_id}/settlement"
    return await _act(visitor, path, {"outcome": form.get("outcome", "")}, form, "finding-settled")


async def _act(
    visitor: Visitor, path: str, body: Json, form: Mapping[str, str], notice: str
) -> Response:
    try:
        await visitor.caller.send("POST", "retention", path, body, key=form.get("once"))
    except ServiceProblemError as error:
        return visitor.refused(
            "staff/penetration_tests.html", error, form, at=path, **await _context(visitor)
        )
    return visitor.go("/staff/penetration-tests", notice=notice)


async def _context(visitor: Visitor) -> dict[str, Any]:
    return {
        "register": await visitor.caller.part("retention", PATH),
        "scopes": said(visitor, codes.SCOPES),
        "weaknesses": said(visitor, codes.WEAKNESSES),
        "severities": said(visitor, codes.SEVERITIES),
        "outcomes": said(visitor, codes.OUTCOMES),
        "names": {
            code: text.say(visitor.language)
            for texts in (codes.SCOPES, codes.WEAKNESSES, codes.SEVERITIES, codes.OUTCOMES)
            for code, text in _coded(texts)
        },
    }


def _coded(texts: Mapping[Any, Text]) -> list[tuple[str, Text]]:
    return list(texts.items())
