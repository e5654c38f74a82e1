"""Whom the notice of a change of the policy did not reach, and who refuses it, for the DPO."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from services.notify.adapters.policy_announcements import Told, Unreached, Why
from services.notify.application.deliver import Dispatcher
from services.notify.application.policy_notices import notice_id
from services.notify.domain.commands import NoteTold
from shared.clock import Clock
from shared.event_store import Metadata
from shared.events.base import Identifier, SubjectId
from shared.events.notify import ToldBy
from shared.http.auth import Caller
from shared.http.idempotency import Once
from shared.http.problems import NOT_FOUND, ProblemError

PAGE = 50


class NoticeView(BaseModel):
    """One notice to follow up; a pseudonymous id, never an address."""

    learner_id: str
    version: str | None
    outcome: str | None
    """Why it did not arrive: bounced, failed, or why it was withheld."""
    answer: str | None
    at: datetime
    told: Told | None
    """How staff told the person in another way, who and when."""


class NoticesView(BaseModel):
    """One page of notices to follow up."""

    items: list[NoticeView]
    next: str | None
    """What `after` is for the next page; none on the last."""
    unreached: int
    """Persons whom a notice did not reach and who have not answered in the portal."""
    refused: int


class ToldBody(BaseModel):
    """How staff told somebody whom no notice reached."""

    channel: ToldBy


def policy_router(unreached: Unreached, dispatcher: Dispatcher, clock: Clock) -> APIRouter:
    """Return the routes for the DPO."""
    routes = APIRouter(tags=["notify"])

    @routes.get("/policy-notices")
    async def to_follow_up(
        why: Annotated[Why, Query()] = "open", after: Annotated[str, Query(max_length=80)] = ""
    ) -> NoticesView:
        """Return whom a notice did not reach (`open`), or who refuses the change (`refused`).

        `told` are those whom no notice reached and whom staff told by telephone or post.
        """
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
                    told=row.told,
                )
            )
        persons = {row.subject_id for row in rows}
        return NoticesView(
            items=items,
            next=rows[-1].subject_id if len(persons) == PAGE else None,
            unreached=await unreached.count("open"),
            refused=await unreached.count("refused"),
        )

    @routes.post("/policy-notices/{learner_id}/{version}/told", status_code=HTTPStatus.NO_CONTENT)
    async def note_told(
        learner_id: Identifier, version: Identifier, body: ToldBody, who: Caller, once: Once
    ) -> None:
        """Note that staff told a learner by telephone or post what a notice says (C12.1).

        404 where no notice of that version was ever due to that learner; once noted, it stays.
        """
        notice = notice_id(version, SubjectId(learner_id))
        command = NoteTold(body.channel, who.subject, clock.now())
        if not await dispatcher.note(notice, command, Metadata.by(who, once)):
            raise ProblemError(NOT_FOUND)

    return routes
