"""Inviting to events whoever consents to it (C9.2): composed by staff, sent by itself."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from services.notify.application.deliver import Dispatcher, message_id
from services.notify.application.ports import Directory
from services.notify.domain.commands import QueueMessage
from services.notify.domain.event.book import (
    Announced,
    AnnounceEvent,
    CallEventOff,
    EventBook,
    EventBookCommand,
    EventBookEvent,
    decide,
    evolve,
)
from services.notify.domain.events import Details, PlatformEvent
from services.notify.domain.recipient import Recipient
from shared.clock import Clock
from shared.command_handler import CommandHandler
from shared.event_store import EventStore, Metadata
from shared.events.base import SubjectId
from shared.events.consent import Purpose
from shared.events.notify import MessageKind

STREAM: Final = "platform-events"
NOBODY: Final = SubjectId(STREAM)
"""The book is about no person."""
KIND: Final[MessageKind] = "event_invitation"
PURPOSE: Final[Purpose] = "events"
AT_ONCE: Final = 8


class Events:
    """Keeps the book of events, and invites to what is coming.

    Each run looks at everybody who consents, so that who consents after the announcement is invited
    too, and what a crash left out is made up for. Each message asks once more right before it
    leaves. Recipients are streamed: memory does not grow with their number.
    """

    def __init__(
        self, store: EventStore, dispatcher: Dispatcher, directory: Directory, clock: Clock
    ) -> None:
        self._dispatcher = dispatcher
        self._directory = directory
        self._clock = clock
        self._handler: CommandHandler[EventBookCommand, EventBook, EventBookEvent] = CommandHandler(
            store, initial=EventBook(), decide=decide, evolve=evolve, grows_long=False
        )

    async def book(self) -> EventBook:
        """Return every event that was announced."""
        return (await self._handler.state(STREAM))[0]

    async def announce(self, event: PlatformEvent, by: str, meta: Metadata) -> None:
        """Announce an event: from now on whoever consents is invited.

        Raises:
            EventDatesError: it begins too soon, or ends before it begins or days later.
        """
        await self._act(AnnounceEvent(event, by, self._clock.now()), meta)

    async def call_off(self, event_id: str, by: str, meta: Metadata) -> bool:
        """Let no invitation leave any more; whether there is such an event."""
        if event_id not in (await self.book()).events:
            return False
        await self._act(CallEventOff(event_id, by, self._clock.now()), meta)
        return True

    async def run(self) -> Mapping[str, int]:
        """Invite whoever was not; return how many messages became what."""
        figures: Counter[str] = Counter(sent=0, suppressed=0, queued=0, failed=0, already=0)
        for one in (await self.book()).coming(self._clock.now()):
            async for page in self._directory.consenting(PURPOSE):
                due = await self._queued(page, one)
                figures["already"] += len(page) - len(due)
                figures.update(await self._delivered(due))
        return figures

    async def _queued(self, page: Sequence[Recipient], one: Announced) -> list[str]:
        commands = {
            command.message_id: command
            for recipient in page
            for command in (self._command(recipient, one),)
        }
        for message in await self._dispatcher.queued_before(list(commands)):
            del commands[message]
        meta = Metadata.system("event-invitations")
        queued = await asyncio.gather(
            *(self._dispatcher.queue(command, meta) for command in commands.values())
        )
        return [message for message, new in zip(commands, queued, strict=True) if new]

    async def _delivered(self, messages: Sequence[str]) -> list[str]:
        places = asyncio.Semaphore(AT_ONCE)

        async def one(message: str) -> str:
            async with places:
                return await self._dispatcher.deliver(message)

        return list(await asyncio.gather(*(one(message) for message in messages)))

    def _command(self, recipient: Recipient, one: Announced) -> QueueMessage:
        event_id = one.event.event_id
        return QueueMessage(
            subject_id=recipient.subject_id,
            message_id=message_id(KIND, event_id, recipient.subject_id),
            kind=KIND,
            cause_id=event_id,
            at=self._clock.now(),
            details=Details(event=one.event),
            owed_since=one.announced_at,
        )

    async def _act(self, command: EventBookCommand, meta: Metadata) -> None:
        await self._handler.handle(STREAM, command, subject=NOBODY, meta=meta)
