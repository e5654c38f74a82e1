"""Notices in the portal: what a person's messages say, rendered when shown, kept nowhere."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.notify.application.deliver import stream_of
from services.notify.application.ports import Directory
from services.notify.application.read import states_of
from services.notify.application.uses import ChoicesUnknownError, refused_by
from services.notify.domain.commands import MarkRead, MessageCommand
from services.notify.domain.decide import decide
from services.notify.domain.events import MessageEvent
from services.notify.domain.evolve import evolve
from services.notify.domain.kinds import MessageClass, class_of
from services.notify.domain.notices import KEPT, is_shown, posted_at
from services.notify.domain.recipient import Recipient
from services.notify.domain.state import MessageState
from shared.choices import Choices
from shared.clock import Clock
from shared.command_handler import CommandHandler
from shared.event_store import EventStore, Metadata
from shared.events.base import SubjectId

BEFORE_ALL: Final = f"{0:020d}.0"
"""The cursor before every notice."""
TOGETHER: Final = 20
"""How many read marks are recorded at the same time."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A message that is shown as a notice."""

    message: MessageState
    at: datetime
    """Since when it is one."""
    first_event: str
    """Id of the message's first event: what tells two notices of one instant apart, in order."""

    @property
    def is_read(self) -> bool:
        """Whether the person marked it as read."""
        return self.message.read_at is not None

    @property
    def cursor(self) -> str:
        """Where it is in the order of notices; it tells nothing of the person."""
        return f"{int(self.at.timestamp() * 1_000_000):020d}.{self.first_event}"


@dataclass(frozen=True, slots=True)
class Notices:
    """One person's notices, newest first; nothing of somebody whose erasure is ordered."""

    recipient: Recipient | None
    notices: Sequence[Shown]

    @property
    def unread(self) -> int:
        """How many are not marked as read."""
        return sum(not one.is_read for one in self.notices)

    @property
    def cursor(self) -> str:
        """The place of the newest, or before all where there is none."""
        return self.notices[0].cursor if self.notices else BEFORE_ALL

    def of_class(self, which: MessageClass | None) -> Sequence[Shown]:
        """Return those of one class, or all."""
        return [one for one in self.notices if which in (None, class_of(one.message.kind))]

    def after(self, cursor: str) -> Sequence[Shown]:
        """Return what has come since `cursor`."""
        return [one for one in self.notices if one.cursor > cursor]


class NoticeBoard:
    """Shows notices and takes read marks.

    The messages' own streams are read: what is committed is shown, whatever a read model knows yet.
    """

    def __init__(
        self, store: EventStore, directory: Directory, choices: Choices, clock: Clock
    ) -> None:
        self._store = store
        self._directory = directory
        self._choices = choices
        self._clock = clock
        self._handler: CommandHandler[MessageCommand, MessageState, MessageEvent] = CommandHandler(
            store, initial=MessageState(), decide=decide, evolve=evolve
        )

    async def of(self, subject: SubjectId) -> Notices:
        """Return the notices of `subject` as they may be shown now."""
        now = self._clock.now()
        recipient = await self._directory.find(subject)
        if recipient is None:
            return Notices(None, ())
        # A notice may have waited before it became one, hence twice as long.
        recorded = await self._store.load_subject(subject, since=now - 2 * KEPT)
        first_events: dict[str, str] = {}
        for record in recorded:
            first_events.setdefault(record.stream, record.id)
        shown = [
            Shown(message, at, first_events[stream_of(message.message_id)])
            for message in states_of(recorded)
            if (at := posted_at(message)) is not None
            and is_shown(message, recipient, now)
            and self._agreed(message)
        ]
        return Notices(recipient, sorted(shown, key=lambda one: one.cursor, reverse=True))

    async def mark_read(self, subject: SubjectId, message: str, meta: Metadata) -> bool:
        """Mark one notice of `subject` as read; whether there is such a notice.

        Marked again it stays as it is.
        """
        notices = await self.of(subject)
        if not any(one.message.message_id == message for one in notices.notices):
            return False
        await self._mark(subject, message, meta)
        return True

    async def mark_all_read(self, subject: SubjectId, until: str | None, meta: Metadata) -> int:
        """Mark every notice of `subject` as read; return how many were not.

        With `until`, a cursor, what came later stays unread: nobody has seen it.
        """
        notices = await self.of(subject)
        unread = [
            one.message.message_id
            for one in notices.notices
            if not one.is_read and (until is None or one.cursor <= until)
        ]
        for first in range(0, len(unread), TOGETHER):
            some = unread[first : first + TOGETHER]
            await asyncio.gather(*(self._mark(subject, one, meta.for_step(one)) for one in some))
        return len(unread)

    async def _mark(self, subject: SubjectId, message: str, meta: Metadata) -> None:
        command = MarkRead(self._clock.now())
        await self._handler.handle(stream_of(message), command, subject=subject, meta=meta)

    def _agreed(self, message: MessageState) -> bool:
        """Whether no choice of the person's speaks against it; while none is known, it waits."""
        try:
            return refused_by(message, self._choices) is None
        except ChoicesUnknownError:
            return False
