"""Events that staff announce, and whom they are mailed to: whoever consents to invitations."""

from datetime import datetime
from http import HTTPStatus
from typing import Final

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.notify.adapters.recipient_directory import RecipientDirectory
from services.notify.application.event_invitations import PURPOSE, Events
from services.notify.domain.errors import EventDatesError
from services.notify.domain.event.book import Announced
from services.notify.domain.events import PlatformEvent, Venue
from shared.event_store import Metadata
from shared.events.base import Identifier
from shared.http.auth import Caller
from shared.http.idempotency import Once
from shared.http.problems import NOT_FOUND, ProblemError, ProblemType
from shared.words import Text

PROBLEMS: Final[dict[type[Exception], ProblemType]] = {
    EventDatesError: ProblemType(
        "event-dates",
        409,
        "Un événement commence dans 24 heures au plus tôt, et dure quatre jours au plus.",
        "An event begins in 24 hours at the earliest, and lasts four days at most.",
    ),
}


class EventBody(BaseModel):
    """An event to announce, in both languages."""

    model_config = ConfigDict(extra="forbid")

    heading: Text
    summary: Text = Field(description="An empty line begins a paragraph.")
    venue: Venue
    starts_at: AwareDatetime
    ends_at: AwareDatetime


class EventView(BaseModel):
    """An event that was announced."""

    event_id: str
    heading: Text
    summary: Text
    venue: str
    starts_at: datetime
    ends_at: datetime
    announced_at: datetime
    called_off_at: datetime | None


class EventsView(BaseModel):
    """Every event, the latest announced first."""

    items: list[EventView]
    consenting: int
    """How many people consent to invitations now."""


class EventAnnouncedView(BaseModel):
    """What the new event is called."""

    event_id: str


def events_router(events: Events, directory: RecipientDirectory) -> APIRouter:
    """Return the routes for who announces events."""
    routes = APIRouter(tags=["notify"])

    @routes.get("/events")
    async def announced() -> EventsView:
        """Return the events that were announced, and how many people are invited to such."""
        book = await events.book()
        return EventsView(
            items=[_view(one) for one in reversed(list(book.events.values()))],
            consenting=await directory.count_consenting(PURPOSE),
        )

    @routes.post("/events", status_code=HTTPStatus.CREATED)
    async def announce(body: EventBody, who: Caller, once: Once) -> EventAnnouncedView:
        """Announce an event: whoever consents to invitations is mailed one (C9.2).

        Invitations leave within ten minutes, outside quiet hours; who consents before the event
        begins is invited, too. 409 `event-dates` where it begins within a day, or lasts too long.
        """
        meta = Metadata.by(who, once)
        event = PlatformEvent(event_id=meta.first_id("event"), **dict(body))
        await events.announce(event, who.subject, meta)
        return EventAnnouncedView(event_id=event.event_id)

    @routes.post("/events/{event_id}/calling-off", status_code=HTTPStatus.NO_CONTENT)
    async def call_off(event_id: Identifier, who: Caller, once: Once) -> None:
        """Let no invitation to an event leave any more; what has left is not called back."""
        if not await events.call_off(event_id, who.subject, Metadata.by(who, once)):
            raise ProblemError(NOT_FOUND)

    return routes


def _view(one: Announced) -> EventView:
    return EventView(
        **dict(one.event), announced_at=one.announced_at, called_off_at=one.called_off_at
    )
