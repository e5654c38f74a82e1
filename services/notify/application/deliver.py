"""Sending a message: once queued, with its basis checked at the last moment."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from services.notify.application.ports import Composer, Directory, Mailer, Pending
from services.notify.domain.basis import why_not
from services.notify.domain.commands import (
    MessageCommand,
    QueueMessage,
    ReleaseMessage,
    ReportFailure,
    ReportSent,
    SetAside,
    StartAttempt,
    SuppressMessage,
)
from services.notify.domain.decide import LEASE, decide
from services.notify.domain.errors import DeliveryError
from services.notify.domain.events import MessageEvent, SuppressionReason
from services.notify.domain.evolve import evolve
from services.notify.domain.state import MessageState, Status
from shared.clock import Clock
from shared.command_handler import CommandHandler
from shared.event_store import EventStore, Metadata
from shared.events.base import SubjectId
from shared.vault import own_work

STREAMS: Final = "message-"
PAGE: Final = 200
NAMESPACE: Final = uuid.uuid5(uuid.NAMESPACE_DNS, "messages.carionexiq.com")


def message_id(kind: str, *cause: str) -> str:
    """Return the id of the message that `cause` leads to: the same however often it is told."""
    return str(uuid.uuid5(NAMESPACE, "\n".join((kind, *cause))))


def stream_of(message: str) -> str:
    """Return the stream of one message."""
    return f"{STREAMS}{message}"


class Dispatcher:
    """Carries messages from queued to settled."""

    def __init__(
        self,
        store: EventStore,
        clock: Clock,
        directory: Directory,
        pending: Pending,
        composer: Composer,
        mailer: Mailer,
        restored_at: Callable[[], datetime | None],
    ) -> None:
        self._clock = clock
        self._directory = directory
        self._pending = pending
        self._composer = composer
        self._mailer = mailer
        self._restored_at = restored_at
        self._store = store
        self._handler: CommandHandler[MessageCommand, MessageState, MessageEvent] = CommandHandler(
            store, initial=MessageState(), decide=decide, evolve=evolve
        )

    async def queue(self, command: QueueMessage, meta: Metadata) -> bool:
        """Make a message due; whether it is the caller's to send, that is, was not due before.

        What was owed before a restore is set aside: it may have been sent after the backup.
        """
        if await self._exists(command.message_id):
            return False
        command = replace(command, restored_at=self._restored_at())
        await self._pending.put(command.message_id, command.subject_id, command.at + LEASE)
        # The stream itself recognises repetitions: a message is queued once.
        meta = replace(meta, command_id=None)
        commit = await self._handler.handle(
            stream_of(command.message_id), command, subject=command.subject_id, meta=meta
        )
        if len(commit.event_ids) > 1:
            await self._pending.set_aside(command.message_id, command.subject_id, command.at)
            return False
        return bool(commit.event_ids)

    async def deliver(self, message: str, *, last_chance: bool = False) -> Status:
        """Send one queued message, or record why not; return what became of it.

        With `last_chance` a failure is final, for a message that is worth nothing later.
        """
        state, _ = await self._handler.state(stream_of(message))
        if not state.is_open:
            await self._pending.remove(message)
            return state.status
        recipient = await self._directory.find(state.subject_id)
        reason = why_not(state, recipient)
        if recipient is None or reason is not None:
            unfounded = SuppressMessage(reason or "no_address", self._clock.now())
            return await self._record(message, state.subject_id, unfounded)
        try:
            mail = self._composer.compose(state, recipient, self._clock.now())
            await self._mailer.send(mail)
        except DeliveryError as error:
            failure = ReportFailure(error.code, error.permanent or last_chance, self._clock.now())
            return await self._record(message, state.subject_id, failure)
        return await self._record(message, state.subject_id, ReportSent(self._clock.now()))

    async def retry(self, message: str) -> Status:
        """Try a message again, unless it is settled or somebody else is at it."""
        state, _ = await self._handler.state(stream_of(message))
        if not state.is_open:
            await self._pending.remove(message)
            return state.status
        command = StartAttempt(self._clock.now())
        commit = await self._handler.handle(
            stream_of(message), command, subject=state.subject_id, meta=Metadata.system("retry")
        )
        if not commit.event_ids:
            return state.status
        started, _ = await self._handler.state(stream_of(message))
        await self._note(message, started)
        return await self.deliver(message)

    async def set_open_aside(self) -> int:
        """Set aside whatever a restore brought back unsettled; return how many messages that were.

        Also what was set aside by an earlier restore is listed again.
        """
        found, last = 0, stream_of("~")
        while streams := await self._store.load_streams(STREAMS, before=last, limit=PAGE):
            for stream in streams:
                message = stream.removeprefix(STREAMS)
                state, _ = await self._handler.state(stream)
                if state.is_open:
                    command = SetAside(self._clock.now())
                    await self._record(message, state.subject_id, command)
                    found += 1
                elif state.status == "aside":
                    await self._note(message, state)
            last = min(streams)
        return found

    async def release(self, message: str, meta: Metadata) -> Status:
        """Send a message that was set aside, if it still has a basis; return what became of it."""
        stream = stream_of(message)
        state, _ = await self._handler.state(stream)
        if state.status != "aside":
            return state.status
        command = ReleaseMessage(self._clock.now())
        await self._handler.handle(stream, command, subject=state.subject_id, meta=meta)
        with own_work():
            return await self.retry(message)

    async def discard(self, message: str, meta: Metadata) -> Status:
        """Settle a message that was set aside without sending it; return what became of it."""
        stream = stream_of(message)
        state, _ = await self._handler.state(stream)
        if state.status == "aside":
            command = SuppressMessage("sent_before", self._clock.now())
            await self._handler.handle(stream, command, subject=state.subject_id, meta=meta)
        state, _ = await self._handler.state(stream)
        await self._note(message, state)
        return state.status

    async def state_of(self, message: str) -> MessageState:
        """Return a message as its stream tells it."""
        return (await self._handler.state(stream_of(message)))[0]

    async def suppress_all(
        self, subject_id: SubjectId, reason: SuppressionReason, *, but: Sequence[str] = ()
    ) -> int:
        """Suppress every unsettled message to one person and return how many that were."""
        waiting = [m for m in await self._pending.of_subject(subject_id) if m not in but]
        for message in waiting:
            await self._record(message, subject_id, SuppressMessage(reason, self._clock.now()))
        return len(waiting)

    async def _record(self, message: str, subject_id: SubjectId, command: MessageCommand) -> Status:
        stream = stream_of(message)
        await self._handler.handle(
            stream, command, subject=subject_id, meta=Metadata.system("delivery")
        )
        state, _ = await self._handler.state(stream)
        await self._note(message, state)
        return state.status

    async def _note(self, message: str, state: MessageState) -> None:
        if state.is_open and state.try_again_at is not None:
            await self._pending.put(message, state.subject_id, state.try_again_at)
        elif state.status == "aside" and state.changed_at is not None:
            await self._pending.set_aside(message, state.subject_id, state.changed_at)
        else:
            await self._pending.remove(message)

    async def _exists(self, message: str) -> bool:
        _, version = await self._handler.state(stream_of(message))
        return version > 0
