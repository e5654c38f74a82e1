"""Sending a message: once queued, with its basis checked at the last moment."""

import uuid
from collections.abc import Awaitable, Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial, reduce
from typing import Final

from services.notify.application.digest import Digest
from services.notify.application.ports import (
    Composer,
    Directory,
    Lanes,
    Mailer,
    Outgoing,
    Pending,
    Suppressions,
    Tally,
)
from services.notify.application.uses import ChoicesUnknownError, refused_by
from services.notify.domain.basis import address_of, why_not
from services.notify.domain.commands import (
    Defer,
    MessageCommand,
    QueueMessage,
    ReleaseMessage,
    ReportFailure,
    ReportSent,
    SetAside,
    StartAttempt,
    SuppressMessage,
)
from services.notify.domain.decide import LEASE, decide, may_have_been_sent
from services.notify.domain.errors import BusyError, DeliveryError
from services.notify.domain.events import MessageEvent, SuppressionReason
from services.notify.domain.evolve import evolve
from services.notify.domain.kinds import class_of, rules_of
from services.notify.domain.recipient import Recipient
from services.notify.domain.state import MessageState, Status
from services.notify.domain.suppression import Suppression, after_bounce, hardness
from services.notify.domain.timing import QuietHours, quiet_until
from shared.choices import Choices
from shared.clock import Clock
from shared.command_handler import CommandHandler
from shared.event_store import ConcurrencyConflictError, EventStore, Metadata
from shared.events.base import SubjectId
from shared.vault import own_work

STREAMS: Final = "message-"
PAGE: Final = 200
NAMESPACE: Final = uuid.uuid5(uuid.NAMESPACE_DNS, "messages.carionexiq.com")
DELIVERY: Final = "delivery"
UNKNOWN_FOR: Final = timedelta(seconds=10)
"""How long a message waits when nobody knows what its person decided."""
STOPPED_FOR: Final = timedelta(minutes=15)
"""After how long a message asks again whether data may flow to the provider."""


def message_id(kind: str, *cause: str) -> str:
    """Return the id of the message that `cause` leads to: the same however often it is told."""
    return str(uuid.uuid5(NAMESPACE, "\n".join((kind, *cause))))


def stream_of(message: str) -> str:
    """Return the stream of one message."""
    return f"{STREAMS}{message}"


@dataclass(frozen=True, slots=True)
class Held:
    """A message as its stream tells it."""

    state: MessageState
    version: int


@dataclass(frozen=True, slots=True)
class Outside:
    """What messages leave through, and what is asked before they do."""

    composer: Composer
    mailer: Mailer
    lanes: Lanes
    suppressions: Suppressions
    tally: Tally
    sender_of: Callable[[str], str]
    """The envelope sender of a message, by its id."""
    choices: Choices
    quiet: QuietHours
    """When nothing leaves that may wait."""
    stopped: Callable[[], Awaitable[str | None]]
    """Why nothing may be handed to the provider now, if so (C10.1)."""


class Dispatcher:
    """Carries messages from queued to settled."""

    def __init__(
        self,
        store: EventStore,
        clock: Clock,
        directory: Directory,
        pending: Pending,
        outside: Outside,
        restored_at: Callable[[], datetime | None],
    ) -> None:
        self._clock = clock
        self._directory = directory
        self._pending = pending
        self._outside = outside
        self._restored_at = restored_at
        self._store = store
        self._digest = Digest(store)
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
        await self._pending.put(
            command.message_id,
            command.subject_id,
            command.at + LEASE,
            rules_of(command.kind).priority,
        )
        # The stream itself recognises repetitions: a message is queued once.
        meta = replace(meta, command_id=None)
        commit = await self._handler.handle(
            stream_of(command.message_id), command, subject=command.subject_id, meta=meta
        )
        if not commit.event_ids:
            return False
        if may_have_been_sent(command):
            await self._pending.set_aside(command.message_id, command.subject_id, command.at)
            return False
        return True

    async def queue_new(self, command: QueueMessage, meta: Metadata) -> Held | None:
        """Make a message due that is noted as pending; `None` when it was due before.

        What was owed before a restore is set aside and `None` returned.
        """
        command = replace(command, restored_at=self._restored_at())
        events = decide(command, MessageState())
        try:
            await self._store.append(
                stream_of(command.message_id), 0, events, subject=command.subject_id, meta=meta
            )
        except ConcurrencyConflictError:
            return None
        if may_have_been_sent(command):
            await self._pending.set_aside(command.message_id, command.subject_id, command.at)
            return None
        return Held(reduce(evolve, events, MessageState()), len(events))

    async def queued_before(self, messages: Sequence[str]) -> list[str]:
        """Return those of `messages` that have been queued before."""
        found = await self._store.subjects_of([stream_of(message) for message in messages])
        return [message for message in messages if stream_of(message) in found]

    async def deliver(self, message: str, *, last_chance: bool = False) -> Status:
        """Send one queued message, or record why not; return what became of it.

        With `last_chance` a failure is final, for a message that is worth nothing later.
        """
        held = await self._held(message)
        if not held.state.is_open:
            await self._pending.remove(message)
            return held.state.status
        after = await self._judged(held, last_chance=last_chance)
        await self._note(message, after)
        return after.status

    async def deliver_to(
        self,
        held: Held,
        recipient: Recipient | None,
        known: Suppression,
        left: Callable[[], None],
    ) -> MessageState:
        """Send one of many queued messages to `recipient`, read a moment ago; return its state.

        `left` is called as soon as it has left, so that another can while this is stored: what
        became of many is then stored together. That it is settled is left to the caller to note.
        """
        after = await self._given(held, recipient, known, last_chance=False, left=left)
        if after.is_open:
            await self._note(after.message_id, after)
        return after

    async def retry(self, message: str) -> Status:
        """Try a message again, unless it is settled or somebody else is at it."""
        held = await self._held(message)
        if not held.state.is_open:
            await self._pending.remove(message)
            return held.state.status
        if held.state.waiting_for == "digest" and await self._gathered(held.state):
            return "suppressed"
        try:
            after = await self._judged(held, start=True)
        except BusyError as busy:
            await self._put(held.state, self._clock.now() + timedelta(seconds=busy.seconds))
            return held.state.status
        await self._note(message, after)
        return after.status

    async def settle_handed_over(self, taken: Sequence[str], doubtful: Sequence[str]) -> None:
        """Record what a process that died knew of its messages: taken, or nobody knows."""
        for message in taken:
            await self._settled_before(message, ReportSent(self._clock.now()))
        for message in doubtful:
            held = await self._held(message)
            if held.state.is_open and not rules_of(held.state.kind).repeated:
                failed = ReportFailure("in-doubt", permanent=True, at=self._clock.now())
                await self._settled_before(message, failed)

    async def set_open_aside(self) -> int:
        """Set aside whatever a restore brought back unsettled; return how many messages that were.

        Also what was set aside by an earlier restore is listed again.
        """
        found, last = 0, stream_of("~")
        while streams := await self._store.load_streams(STREAMS, before=last, limit=PAGE):
            for stream in streams:
                message = stream.removeprefix(STREAMS)
                held = await self._held(message)
                if held.state.is_open:
                    await self._record(held, SetAside(self._clock.now()))
                    found += 1
                elif held.state.status == "aside":
                    await self._note(message, held.state)
            last = min(streams)
        return found

    async def release(self, message: str, meta: Metadata) -> Status:
        """Send a message that was set aside, if it still has a basis; return what became of it."""
        stream = stream_of(message)
        state = await self.state_of(message)
        if state.status != "aside":
            return state.status
        command = ReleaseMessage(self._clock.now())
        await self._handler.handle(stream, command, subject=state.subject_id, meta=meta)
        with own_work():
            return await self.retry(message)

    async def discard(self, message: str, meta: Metadata) -> Status:
        """Settle a message that was set aside without sending it; return what became of it."""
        stream = stream_of(message)
        state = await self.state_of(message)
        if state.status == "aside":
            command = SuppressMessage("sent_before", self._clock.now())
            await self._handler.handle(stream, command, subject=state.subject_id, meta=meta)
        state = await self.state_of(message)
        await self._note(message, state)
        return state.status

    async def state_of(self, message: str) -> MessageState:
        """Return a message as its stream tells it."""
        return (await self._held(message)).state

    async def report(self, message: str, command: MessageCommand) -> MessageState:
        """Record what was heard of a message later; return what it amounts to."""
        return (await self._appended(await self._held(message), command)).state

    async def note(self, message: str, command: MessageCommand, meta: Metadata) -> bool:
        """Record what a member of staff says of a message; whether there is such a message."""
        state = await self.state_of(message)
        if state.status == "none":
            return False
        stream = stream_of(message)
        await self._handler.handle(stream, command, subject=state.subject_id, meta=meta)
        return True

    async def suppress_all(
        self, subject_id: SubjectId, reason: SuppressionReason, *, but: Sequence[str] = ()
    ) -> int:
        """Suppress every unsettled message to one person and return how many that were."""
        waiting = [m for m in await self._pending.of_subject(subject_id) if m not in but]
        for message in waiting:
            command = SuppressMessage(reason, self._clock.now())
            await self._record(await self._held(message), command)
        return len(waiting)

    async def _judged(
        self, held: Held, *, start: bool = False, last_chance: bool = False
    ) -> MessageState:
        """Look up the recipient and send, or not."""
        recipient = await self._directory.find(held.state.subject_id)
        address = None if recipient is None else address_of(held.state, recipient)
        known = Suppression()
        if address is not None and not address.is_erased:
            known = await self._outside.suppressions.of(address.text())
        return await self._given(held, recipient, known, start=start, last_chance=last_chance)

    async def _given(
        self,
        held: Held,
        recipient: Recipient | None,
        known: Suppression,
        *,
        start: bool = False,
        last_chance: bool,
        left: Callable[[], None] = lambda: None,
    ) -> MessageState:
        """Send a message, or record why it does not leave, or not yet.

        Raises:
            BusyError: it is not its turn, and it was in the queue already (`start`).
        """
        state, now = held.state, self._clock.now()
        reason = why_not(state, recipient, known.holds(now))
        if recipient is None or reason is not None:
            self._count("suppressed", state, reason or "no_address")
            return await self._recorded(held, SuppressMessage(reason or "no_address", now))
        later = await self._stopped() or await self._out_of_regard(state, recipient)
        if later is not None:
            return await self._recorded(held, later)
        address = address_of(state, recipient)
        to = "" if address is None else address.text()
        domain = to.rpartition("@")[2].lower()
        may_wait = rules_of(state.kind).may_wait
        lane = self._outside.lanes.turn(domain, may_wait=may_wait)
        try:
            async with nullcontext() if last_chance else lane:
                if start:
                    held = await self._appended(held, StartAttempt(now))
                    if held.state is state or not held.state.is_open:
                        # Somebody else is at it, or it was tried often enough.
                        return held.state
                content = self._outside.composer.written(held.state, recipient, now)
                # Asked last: what was prepared before somebody said no is not sent either.
                if (instead := self._not_agreed(state)) is not None:
                    return await self._recorded(held, instead)
                sender = self._outside.sender_of(state.message_id)
                priority = rules_of(state.kind).priority
                mail = Outgoing(state.message_id, sender, to, content, priority)
                await self._outside.mailer.send(mail)
        except BusyError as busy:
            if start:
                raise
            until = self._clock.now() + timedelta(seconds=busy.seconds)
            return await self._recorded(held, Defer("turn", until, self._clock.now()))
        except DeliveryError as error:
            if error.status is not None and hardness(error.status) == "hard":
                await self._outside.suppressions.change(
                    to, partial(after_bounce, found="hard", at=now)
                )
            return await self._refused(held, error, domain, last_chance=last_chance)
        left()
        self._count("sent", state)
        return await self._recorded(held, ReportSent(self._clock.now()))

    def _not_agreed(self, state: MessageState) -> SuppressMessage | Defer | None:
        """Return what becomes of a message that its person does not agree to, or may not."""
        now = self._clock.now()
        try:
            refused = refused_by(state, self._outside.choices)
        except ChoicesUnknownError:
            return Defer("choices", now + UNKNOWN_FOR, now)
        if refused is None:
            return None
        self._count("suppressed", state, refused)
        return SuppressMessage(refused, now)

    async def _refused(
        self, held: Held, error: DeliveryError, domain: str, *, last_chance: bool
    ) -> MessageState:
        unrepeated = error.doubtful and not rules_of(held.state.kind).repeated
        permanent = error.permanent or last_chance or unrepeated
        failure = ReportFailure(error.code, permanent, self._clock.now(), error.status)
        after = await self._recorded(held, failure)
        provider = self._outside.lanes.name_of(domain)
        self._count("deferred" if after.is_open else "failed", held.state, provider)
        return after

    async def _stopped(self) -> Defer | None:
        """Return until when a message waits while no data may flow to the provider (C10.1)."""
        if await self._outside.stopped() is None:
            return None
        now = self._clock.now()
        return Defer("transfer", now + STOPPED_FOR, now)

    async def _out_of_regard(self, state: MessageState, recipient: Recipient) -> Defer | None:
        """Return until when what may wait does: quiet hours, and one teaching message a day."""
        if not rules_of(state.kind).may_wait:
            return None
        now = self._clock.now()
        free = await self._digest.free_from(state, now)
        hours = self._outside.quiet
        quiet = quiet_until(free, recipient.zone, state.message_id, hours)
        if quiet is not None:
            return Defer("quiet_hours" if free == now else "digest", quiet, now)
        return None if free == now else Defer("digest", free, now)

    async def _gathered(self, state: MessageState) -> bool:
        """Make one message of all that waited with this one; whether there were others."""
        others = [
            message
            for message in await self._pending.of_subject(state.subject_id)
            if message != state.message_id
        ]
        waiting = [state, *[await self.state_of(message) for message in others]]
        command = self._digest.of(waiting, self._clock.now())
        if command is None:
            return False
        # Who crashed half-way makes the same one again.
        alike = [one for one in waiting if one.is_open and one.kind == state.kind]
        members = sorted(one.message_id for one in alike)
        command = replace(command, message_id=message_id("digest", *members))
        is_ours = await self.queue(command, Metadata.system("digest"))
        for one in alike:
            digested = SuppressMessage("digested", self._clock.now())
            await self._record(await self._held(one.message_id), digested)
        if is_ours:
            await self.deliver(command.message_id)
        return True

    async def _settled_before(self, message: str, command: MessageCommand) -> None:
        await self._record(await self._held(message), command)

    async def _record(self, held: Held, command: MessageCommand) -> Status:
        after = await self._recorded(held, command)
        await self._note(after.message_id, after)
        return after.status

    async def _recorded(self, held: Held, command: MessageCommand) -> MessageState:
        """Record what became of a message; from then on no journal needs to know it."""
        after = await self._appended(held, command)
        self._outside.mailer.settled(held.state.message_id)
        return after.state

    async def _appended(self, held: Held, command: MessageCommand) -> Held:
        """Carry out `command` on a message read a moment ago, or anew where it has moved on."""
        state = held.state
        if not state.message_id:
            return held
        events = decide(command, state)
        if not events:
            return held
        stream, meta = stream_of(state.message_id), Metadata.system(DELIVERY)
        try:
            commit = await self._store.append(
                stream, held.version, events, subject=state.subject_id, meta=meta
            )
        except ConcurrencyConflictError:
            await self._handler.handle(stream, command, subject=state.subject_id, meta=meta)
            return await self._held(state.message_id)
        return Held(reduce(evolve, events, state), commit.version)

    def _count(self, outcome: str, state: MessageState, why: str = "-") -> None:
        self._outside.tally.count(outcome, class_of(state.kind), why)

    async def _note(self, message: str, state: MessageState) -> None:
        if state.is_open and state.try_again_at is not None:
            await self._put(state, state.try_again_at)
        elif state.status == "aside" and state.changed_at is not None:
            await self._pending.set_aside(message, state.subject_id, state.changed_at)
        else:
            await self._pending.remove(message)

    async def _put(self, state: MessageState, due: datetime) -> None:
        priority = rules_of(state.kind).priority
        await self._pending.put(state.message_id, state.subject_id, due, priority)

    async def _held(self, message: str) -> Held:
        return Held(*await self._handler.state(stream_of(message)))

    async def _exists(self, message: str) -> bool:
        return (await self._held(message)).version > 0
