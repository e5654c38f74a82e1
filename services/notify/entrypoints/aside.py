"""Messages that a restore put aside, for operators: which they are, sending one or not."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from services.notify.adapters.pending_messages import PendingMessages
from services.notify.application.deliver import Dispatcher
from services.notify.domain.state import Status
from shared.event_store import Metadata
from shared.events.base import Identifier
from shared.events.notify import MessageKind
from shared.http.auth import Caller
from shared.http.idempotency import Once
from shared.http.problems import NOT_FOUND, ProblemError


class MessageAside(BaseModel):
    """A message that may have been sent before a restore, and is not sent by itself."""

    message_id: str
    subject_id: str
    kind: MessageKind
    since: datetime


class MessagesAside(BaseModel):
    """Some of them, by id."""

    total: int
    items: list[MessageAside]
    after: str | None
    """To be passed as `after` for the next page; none at the end."""


class Decided(BaseModel):
    """What became of a message that was decided on."""

    message_id: str
    status: Status


def aside_router(dispatcher: Dispatcher, pending: PendingMessages) -> APIRouter:
    """Return the routes for messages that wait for an operator."""
    routes = APIRouter(tags=["notify"])

    async def decided(
        act: Callable[[str, Metadata], Awaitable[Status]], message_id: str, meta: Metadata
    ) -> Decided:
        if (await dispatcher.state_of(message_id)).status == "none":
            raise ProblemError(NOT_FOUND)
        return Decided(message_id=message_id, status=await act(message_id, meta))

    @routes.get("/messages/aside")
    async def aside(
        after: str = "", limit: Annotated[int, Query(ge=1, le=200)] = 50
    ) -> MessagesAside:
        """Return messages whose sending a restore made unknown, without their content."""
        ids = await pending.aside(after, limit)
        states = [await dispatcher.state_of(message) for message in ids]
        items = [
            MessageAside(
                message_id=state.message_id,
                subject_id=state.subject_id,
                kind=state.kind,
                since=state.changed_at,
            )
            for state in states
            if state.status == "aside" and state.changed_at is not None
        ]
        more = ids[-1] if len(ids) == limit else None
        return MessagesAside(total=await pending.count_aside(), items=items, after=more)

    @routes.post("/messages/{message_id}/release", status_code=HTTPStatus.OK)
    async def release(message_id: Identifier, who: Caller, once: Once) -> Decided:
        """Send a message that was put aside, if it still has a basis; repeating it sends once."""
        return await decided(dispatcher.release, message_id, Metadata.by(who, once))

    @routes.post("/messages/{message_id}/discard", status_code=HTTPStatus.OK)
    async def discard(message_id: Identifier, who: Caller, once: Once) -> Decided:
        """Settle a message that was put aside without sending it: it had been sent before."""
        return await decided(dispatcher.discard, message_id, Metadata.by(who, once))

    return routes
