"""The stream `platform-events`: which events were announced; a few a year, and about no person."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, assert_never

from services.notify.domain.errors import EventDatesError
from services.notify.domain.events import PlatformEvent
from shared.events.base import DomainEvent, Identifier

SOONEST: Final = timedelta(hours=24)
"""Between an announcement and the event: invitations wait for the morning."""
LONGEST: Final = timedelta(days=4)


class EventAnnounced(DomainEvent):
    """Staff announced an event; whoever consents to invitations gets one until it begins."""

    NEVER_PUBLISHED = True

    event: PlatformEvent
    announced_by: Identifier
    announced_at: datetime


class EventCalledOff(DomainEvent):
    """Staff called an event off: no invitation to it leaves any more."""

    NEVER_PUBLISHED = True

    event_id: Identifier
    called_off_by: Identifier
    called_off_at: datetime


EventBookEvent = EventAnnounced | EventCalledOff


@dataclass(frozen=True, slots=True)
class AnnounceEvent:
    """Invite whoever consents to an event."""

    event: PlatformEvent
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CallEventOff:
    """Let no invitation to an event leave any more."""

    event_id: str
    by: str
    at: datetime


EventBookCommand = AnnounceEvent | CallEventOff


@dataclass(frozen=True, slots=True)
class Announced:
    """An event, and what has become of it."""

    event: PlatformEvent
    announced_at: datetime
    called_off_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EventBook:
    """Every event ever announced, the oldest first."""

    events: Mapping[str, Announced] = field(default_factory=dict)

    def coming(self, at: datetime) -> Iterator[Announced]:
        """Yield the events that begin after `at` and were not called off."""
        for one in self.events.values():
            if one.called_off_at is None and one.event.starts_at > at:
                yield one


def decide(command: EventBookCommand, state: EventBook) -> Sequence[EventBookEvent]:
    """Return what `command` leads to; repeating what is so already leads to nothing.

    Raises:
        EventDatesError: the event begins within a day, or ends before it begins, or days later.
    """
    match command:
        case AnnounceEvent(event=event, by=by, at=at):
            if event.event_id in state.events:
                return []
            length = event.ends_at - event.starts_at
            if event.starts_at < at + SOONEST or not timedelta(0) < length <= LONGEST:
                raise EventDatesError
            return [EventAnnounced(event=event, announced_by=by, announced_at=at)]
        case CallEventOff(event_id=event_id, by=by, at=at):
            known = state.events.get(event_id)
            if known is None or known.called_off_at is not None:
                return []
            return [EventCalledOff(event_id=event_id, called_off_by=by, called_off_at=at)]
        case _:
            assert_never(command)


def evolve(state: EventBook, event: EventBookEvent) -> EventBook:
    """Return `state` after `event`; never raises on recorded history."""
    match event:
        case EventAnnounced(event=announced, announced_at=at):
            return EventBook({**state.events, announced.event_id: Announced(announced, at)})
        case EventCalledOff(event_id=event_id, called_off_at=at):
            known = state.events.get(event_id)
            if known is None:
                return state
            off = Announced(known.event, known.announced_at, at)
            return EventBook({**state.events, event_id: off})
        case _:
            assert_never(event)
