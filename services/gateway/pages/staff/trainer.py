"""The trainer's console: certifications to decide and learning histories, never payments (C4.2)."""

import asyncio
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway.services import ServiceProblemError, items
from services.gateway.visitor import Visitor, may

router = APIRouter(prefix="/staff")

SHOWN = 10
"""How many decisions one page offers; the next appear as these are taken."""

Trainer = Annotated[
    Visitor,
    may(
        "learning GET /certifications/pending",
        "learning GET /learners/{learner_id}/history",
        "learning POST /enrolments/{enrolment_id}/certification",
        "learning GET /learners",
        "learning POST /recordings",
    ),
]


@router.get("/certifications")
async def certifications(visitor: Trainer) -> Response:
    """Show completed courses that wait for a human decision (C5.2)."""
    pending = await visitor.caller.part("learning", "/certifications/pending")
    shown = items(pending.data)[:SHOWN]
    histories = await asyncio.gather(
        *(
            visitor.caller.part("learning", f"/learners/{one['learner_id']}/history")
            for one in shown
        )
    )
    answers = {
        enrolment["enrolment_id"]: enrolment["exercises"]
        for history in histories
        if history.data
        for enrolment in history.data["enrolments"]
    }
    return visitor.page("staff/certifications.html", pending=pending, shown=shown, answers=answers)


@router.post("/certifications/{enrolment_id}")
async def decide(visitor: Trainer, enrolment_id: str) -> Response:
    """Grant or refuse a certification (C5.2)."""
    form = await visitor.form()
    body = {"decision": form.get("decision"), "comment": form.get("comment") or None}
    await visitor.caller.send(
        "POST", "learning", f"/enrolments/{enrolment_id}/certification", body, key=form.get("once")
    )
    return visitor.go("/staff/certifications", notice="decided")


@router.get("/learners")
async def learners(visitor: Trainer, page: int = 1) -> Response:
    """List learners by first name."""
    part = await visitor.caller.part("learning", "/learners", page=page)
    return visitor.page("staff/learners.html", learners=part, page=page)


@router.get("/learners/{learner_id}")
async def history(visitor: Trainer, learner_id: str) -> Response:
    """Show one learner's history; of whom the trainer does not teach, the way to it."""
    try:
        found = await visitor.caller.get("learning", f"/learners/{learner_id}/history")
    except ServiceProblemError as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
        return visitor.page(
            "staff/not_taught.html", status=HTTPStatus.NOT_FOUND, learner_id=learner_id
        )
    return visitor.page("staff/history.html", learner_id=learner_id, history=found)


@router.post("/learners/{learner_id}/recordings")
async def record(visitor: Trainer, learner_id: str) -> Response:
    """Register the recording of a live session; it goes after 30 days (C2.10)."""
    form = await visitor.form()
    body = {
        "learner_id": learner_id,
        "title": form.get("title", ""),
        "location": form.get("location", ""),
    }
    try:
        await visitor.caller.send("POST", "learning", "/recordings", body, key=form.get("once"))
    except ServiceProblemError as error:
        found = await visitor.caller.get("learning", f"/learners/{learner_id}/history")
        return visitor.refused(
            "staff/history.html", error, form, learner_id=learner_id, history=found
        )
    return visitor.go(f"/staff/learners/{learner_id}", notice="recorded")
