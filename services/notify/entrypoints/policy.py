"""Whom the notice of a change of the policy did not reach, and who refuses it, for the DPO."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from services.notify.adapters.policy_announcements import Unreached, Why
from services.notify.application.deliver import Dispatcher

PAGE = 50


class NoticeView(BaseModel):
    """One notice to follow up; a pseudonymous id, never an address."""

    learner_id: str
    version: str | None
    outcome: str | None
    """Why it did not arrive: bounced, failed, or why it was withheld."""
    answer: str | None
    at: datetime


class NoticesView(BaseModel):
    """One page of notices to follow up."""

    items: list[NoticeView]
    next: str | None
    """What `after` is for the next page; none on the last."""
    unreached: int
    """Persons whom a notice did not reach and who have not answered in the portal."""
    refused: int


def policy_router(unreached: Unreached, dispatcher: Dispatcher) -> APIRouter:
    """Return the route for the DPO."""
    routes = APIRouter(tags=["notify"])

    @routes.get("/policy-notices")
    async def to_follow_up(
        why: Annotated[Why, Query()] = "open", after: Annotated[str, Query(max_length=80)] = ""
    ) -> NoticesView:
        """Return whom a notice did not reach (`open`), or who refuses the change (`refused`)."""
        rows = await unreached.rows(why, after, PAGE)
        items = []
        for row in rows:
            # Only what was queued knows its version; an answer may come before any notice.
            state = await dispatcher.state_of(row.message_id)
            items.append(
                NoticeView(
                    learner_id=row.subject_id,
                    version=row.version or state.details.cause,
                    outcome=row.outcome,
                    answer=row.answer,
                    at=row.at,
                )
            )
        persons = {row.subject_id for row in rows}
        return NoticesView(
            items=items,
            next=rows[-1].subject_id if len(persons) == PAGE else None,
            unreached=await unreached.count("open"),
            refused=await unreached.count("refused"),
        )

    return routes
