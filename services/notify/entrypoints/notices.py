"""One's own notices: what messages say, shown in the portal, and marked as read there."""

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from services.notify.adapters.letters import Letters
from services.notify.application.notices import NoticeBoard, Notices, Shown
from services.notify.domain.kinds import MessageClass, class_of
from services.notify.domain.recipient import Recipient
from shared.event_store import Metadata
from shared.events.base import Identifier
from shared.events.notify import MessageKind
from shared.http.auth import Caller
from shared.http.idempotency import Once
from shared.http.problems import NOT_FOUND, ProblemError
from shared.words import Language

PAGE: Final = 10
TOLD: Final = 5
"""How many new notices are named at most; beyond that their number has to do."""

Cursor = Annotated[str, Query(max_length=100, pattern=r"^([0-9]{20}\.[0-9A-Za-z-]{1,64})?$")]


class BlockView(BaseModel):
    """A paragraph, or a button that leads to a page of the portal."""

    kind: Literal["paragraph", "button"]
    text: str
    path: str | None = None


class OwnNoticeView(BaseModel):
    """One notice; the same words as the mail, without greeting and footer."""

    message_id: str
    kind: MessageKind
    message_class: MessageClass
    at: datetime
    read: bool
    title: str
    blocks: list[BlockView]


class OwnNoticesView(BaseModel):
    """One page of notices, newest first."""

    items: list[OwnNoticeView]
    page: int
    pages: int
    total: int
    unread: int
    """Of all classes."""
    language: Language
    """In which the person is written to."""
    cursor: str
    """Of the newest notice of all."""


class TitleView(BaseModel):
    """A notice that has come."""

    message_id: str
    title: str


class NewsView(BaseModel):
    """What has come since a cursor, and how many notices are unread."""

    unread: int
    cursor: str
    language: Language
    items: list[TitleView]


class Marked(BaseModel):
    """How many notices are unread now."""

    unread: int


def notices_router(board: NoticeBoard, letters: Letters) -> APIRouter:
    """Return the routes for one's own notices."""
    routes = APIRouter(tags=["notify"], prefix="/me/notices")

    @routes.get("")
    async def notices(
        who: Caller,
        page: Annotated[int, Query(ge=1, le=10_000)] = 1,
        message_class: MessageClass | None = None,
    ) -> OwnNoticesView:
        """Return a page of the caller's notices, of one class or all, rendered now."""
        found = await board.of(who.subject)
        chosen = found.of_class(message_class)
        pages = max(1, -(-len(chosen) // PAGE))
        page = min(page, pages)
        some = chosen[(page - 1) * PAGE : page * PAGE]
        return OwnNoticesView(
            items=[_view(letters, one, found.recipient) for one in some if found.recipient],
            page=page,
            pages=pages,
            total=len(chosen),
            unread=found.unread,
            language=_language(found),
            cursor=found.cursor,
        )

    @routes.get("/news")
    async def news(who: Caller, after: Cursor = "") -> NewsView:
        """Return which notices came after a cursor, at most five, and how many are unread."""
        found = await board.of(who.subject)
        fresh = found.after(after) if after else ()
        return NewsView(
            unread=found.unread,
            cursor=max(found.cursor, after),
            language=_language(found),
            items=_titles(letters, fresh[:TOLD], found.recipient),
        )

    @routes.post("/read", status_code=HTTPStatus.OK)
    async def all_read(who: Caller, once: Once, until: Cursor = "") -> Marked:
        """Mark every notice as read, up to the cursor `until` where one is given."""
        await board.mark_all_read(who.subject, until or None, Metadata.by(who, once))
        return Marked(unread=(await board.of(who.subject)).unread)

    @routes.post("/{message_id}/read", status_code=HTTPStatus.OK)
    async def read(message_id: Identifier, who: Caller, once: Once) -> Marked:
        """Mark one notice as read, for every device; marked again it stays so."""
        if not await board.mark_read(who.subject, message_id, Metadata.by(who, once)):
            raise ProblemError(NOT_FOUND)
        return Marked(unread=(await board.of(who.subject)).unread)

    return routes


def _view(letters: Letters, one: Shown, recipient: Recipient) -> OwnNoticeView:
    notice = letters.notice(one.message, recipient)
    return OwnNoticeView(
        message_id=one.message.message_id,
        kind=one.message.kind,
        message_class=class_of(one.message.kind),
        at=one.at,
        read=one.is_read,
        title=notice.title,
        blocks=[BlockView(kind=b.kind, text=b.text, path=b.path) for b in notice.blocks],
    )


def _titles(
    letters: Letters, fresh: Sequence[Shown], recipient: Recipient | None
) -> list[TitleView]:
    if recipient is None:
        return []
    return [
        TitleView(
            message_id=one.message.message_id, title=letters.notice(one.message, recipient).title
        )
        for one in fresh
    ]


def _language(found: Notices) -> Language:
    return "fr" if found.recipient is None else found.recipient.language
