"""Sending a message: once queued, with its basis checked at the last moment."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import reduce
from itertools import groupby
from typing import Final, cast

from services.notify.application.attempts import Attempts, Outside
from services.notify.application.digest import Digest
from services.notify.application.ports import Directory, Pending
from services.notify.domain.basis import address_of
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
from services.notify.domain.decide import LEASE, decide, may_have_been_sent
from services.notify.domain.errors import BusyError
from services.notify.domain.events import MessageEvent, SuppressionReason
from services.notify.domain.evolve import evolve
from services.notify.domain.kinds import rules_of
from services.notify.domain.recipient import Recipient
from services.notify.domain.state import MessageState, Status
from services.notify.domain.suppression import Suppression
from shared.clock import Clock
from shared.command_handler import CommandHandler
from shared.event_store import (
    STREAMS_BEGUN,
    Begun,
    ConcurrencyConflictError,
    EventStore,
    Metadata,
    RecordedEvent,
)
from shared.events.base import SubjectId
from shared.vault import own_work

STREAMS: Final = "message-"
PAGE: Final = 200
NAMESPACE: Final = uuid.uuid5(uuid.NAMESPACE_DNS, "messages.carionexiq.com")
DELIVERY: Final = "delivery"


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
class Letter:
    """A message that nothing is stored of yet."""

    state: MessageState
    """What `events` amount to."""
    events: tuple[MessageEvent, ...]
    outcome: MessageCommand | None = None
    """What became of it, which `events` end with."""

    def with_outcome(self, command: MessageCommand) -> "Letter":
        """Return the message with what became of it."""
        events = decide(command, self.state)
        after = reduce(evolve, events, self.state)
        return Letter(after, (*self.events, *events), command)


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
        self._suppressions = outside.suppressions
        self._restored_at = restored_at
        self._store = store
        self._digest = Digest(store)
        self.attempts = Attempts(outside, self._digest, clock)
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

    def decided(self, command: QueueMessage) -> "Letter":
        """Return a message that nothing is stored of yet: what it begins with, and its state.

        What was owed before a restore is set aside.
        """
        events = decide(replace(command, restored_at=self._restored_at()), MessageState())
        return Letter(reduce(evolve, events, MessageState()), tuple(events))

    async def queued_before(self, messages: Sequence[str]) -> list[str]:
        """Return those of `messages` that have been queued before."""
        found = await self._store.subjects_of([stream_of(message) for message in messages])
        return [message for message in messages if stream_of(message) in found]

    async def begin(
        self, letters: Sequence["Letter"], reason: str, *, noted: bool = False
    ) -> list[MessageState]:
        """Store what many messages begin with; return those that had not begun before.

        What became of one that had is added to it. Unless they are `noted` as pending already,
        those that are still to be sent are.
        """
        begun: list[MessageState] = []
        alike = sorted(letters, key=lambda one: len(one.events))
        for _, several in groupby(alike, key=lambda one: len(one.events)):
            together = list(several)
            for start in range(0, len(together), STREAMS_BEGUN):
                meta = Metadata.system(reason)
                begun += await self._begin(together[start : start + STREAMS_BEGUN], meta)
        due = {
            one.message_id: (one.subject_id, one.try_again_at)
            for one in begun
            if one.is_open and one.try_again_at is not None
        }
        if due and not noted:
            await self._pending.put_all(due, rules_of(begun[0].kind).priority)
        for one in begun:
            if one.status == "aside":
                await self._note(one.message_id, one)
        return begun

    async def note_open(self, messages: Sequence[str]) -> None:
        """Note those of `messages` as pending that are still to be sent."""
        for message in messages:
            state = await self.state_of(message)
            if state.is_open:
                await self._note(message, state)

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
        found, after = 0, ""
        while True:
            after, streams = await self._store.load_begun(STREAMS, after=after, limit=PAGE)
            for stream, records in streams.items():
                message = stream.removeprefix(STREAMS)
                held = _folded(records)
                if held.state.is_open:
                    await self._record(held, SetAside(self._clock.now()))
                    found += 1
                elif held.state.status == "aside":
                    await self._note(message, held.state)
            if not after:
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
        self,
        subject_id: SubjectId,
        reason: SuppressionReason,
        *,
        which: Callable[[MessageState], bool] = lambda _: True,
    ) -> int:
        """Suppress the unsettled messages to one person and return how many that were.

        Args:
            subject_id: whose they are.
            reason: why.
            which: whether it is one of those; all of them where nothing else is said.
        """
        waiting = [await self._held(one) for one in await self._pending.of_subject(subject_id)]
        concerned = [held for held in waiting if which(held.state)]
        for held in concerned:
            await self._record(held, SuppressMessage(reason, self._clock.now()))
        return len(concerned)

    async def _judged(
        self, held: Held, *, start: bool = False, last_chance: bool = False
    ) -> MessageState:
        """Look up the recipient and send, or not."""
        recipient = await self._directory.find(held.state.subject_id)
        address = None if recipient is None else address_of(held.state, recipient)
        known = Suppression()
        if address is not None and not address.is_erased:
            known = await self._suppressions.of(address.text())
        return await self._given(held, recipient, known, start=start, last_chance=last_chance)

    async def _given(
        self,
        held: Held,
        recipient: Recipient | None,
        known: Suppression,
        *,
        start: bool,
        last_chance: bool,
    ) -> MessageState:
        """Send a message, or record why it does not leave, or not yet.

        Raises:
            BusyError: it is not its turn, and it was in the queue already (`start`).
        """
        current = held

        async def started() -> MessageState | None:
            nonlocal current
            current = await self._appended(held, StartAttempt(self._clock.now()))
            # Somebody else is at it, or it was tried often enough.
            unchanged = current.state is held.state
            return None if unchanged or not current.state.is_open else current.state

        outcome = await self.attempts.made(
            held.state,
            recipient,
            known,
            start=started if start else None,
            last_chance=last_chance,
        )
        if outcome is None:
            return current.state
        after = await self._recorded(current, outcome.command)
        self.attempts.count(outcome, after)
        return after

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
        self.attempts.settled(held.state.message_id)
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

    async def _begin(self, letters: Sequence["Letter"], meta: Metadata) -> list[MessageState]:
        begun = [
            Begun(stream_of(one.state.message_id), one.state.subject_id, one.events)
            for one in letters
        ]
        try:
            await self._store.begin_all(begun, meta=meta)
        except ConcurrencyConflictError:
            before = frozenset(await self.queued_before([one.state.message_id for one in letters]))
            for one in letters:
                if one.state.message_id in before and one.outcome is not None:
                    await self._record(await self._held(one.state.message_id), one.outcome)
            rest = [one for one in letters if one.state.message_id not in before]
            return await self._begin(rest, meta) if rest else []
        return [one.state for one in letters]

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


def _folded(records: Sequence[RecordedEvent]) -> Held:
    events = (cast("MessageEvent", record.event) for record in records)
    return Held(reduce(evolve, events, MessageState()), records[-1].version)
