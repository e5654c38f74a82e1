"""Ending a learner's sessions as a precaution, without closing the account (ASVS 7.4.5)."""

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway.services import ServiceProblemError
from services.gateway.visitor import Visitor, may

router = APIRouter(prefix="/staff/learner-sessions")

Careful = Annotated[Visitor, may("identity DELETE /learners/{learner_id}/sessions")]


@router.get("")
async def show(visitor: Careful, learner: str = "") -> Response:
    """Ask whose sessions are to end."""
    return visitor.page("staff/learner_sessions.html", learner=learner)


@router.post("")
async def end(visitor: Careful) -> Response:
    """End every session of a learner."""
    form = await visitor.form()
    learner = form.get("learner_id", "")
    try:
        await visitor.caller.send(
            "DELETE", "identity", f"/learners/{learner}/sessions", key=form.get("once")
        )
    except ServiceProblemError as error:
        return visitor.refused("staff/learner_sessions.html", error, {}, learner=learner)
    return visitor.go("/staff/learner-sessions", notice="sessions-ended")
