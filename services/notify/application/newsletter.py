"""Sending the month's newsletter to the people who consent to it (C9.2)."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from services.notify.application.deliver import Dispatcher, Held, message_id
from services.notify.application.ports import Directory, Pending, Suppressions
from services.notify.domain.commands import QueueMessage
from services.notify.domain.decide import LEASE
from services.notify.domain.events import Details
from services.notify.domain.kinds import rules_of
from services.notify.domain.recipient import Recipient
from services.notify.domain.suppression import Suppression
from shared.clock import Clock
from shared.event_store import Metadata
from shared.events.base import SubjectId

NEWSLETTER: Final = "newsletter"
PARIS: Final = ZoneInfo("Europe/Paris")
OLDEST_SECONDS: Final = 1.0
"""Age from which what is known of a recipient is read again before the message leaves."""


class Addressed(NamedTuple):
    """One message that is about to leave, with what its page told of the recipient."""

    held: Held
    recipient: Recipient
    known: Suppression
    read_at: float


class Newsletter:
    """One issue for each topic and calendar month; whoever has had it does not get it again.

    Recipients are streamed: a page is read and queued while the one before it leaves, so that
    memory does not grow with their number.
    """

    def __init__(
        self,
        dispatcher: Dispatcher,
        directory: Directory,
        pending: Pending,
        suppressions: Suppressions,
        clock: Clock,
        purposes_of: Callable[[str], Sequence[str]],
        *,
        at_once: int,
    ) -> None:
        self._dispatcher = dispatcher
        self._directory = directory
        self._pending = pending
        self._suppressions = suppressions
        self._clock = clock
        self._purposes_of = purposes_of
        self._at_once = at_once

    async def send(self) -> Mapping[str, int | str]:
        """Send the issue of this month; return its name and how many messages became what."""
        today = self._clock.now().astimezone(PARIS)
        issue = today.strftime("%Y-%m")
        owed_since = today.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        figures: Counter[str] = Counter(sent=0, suppressed=0, queued=0, failed=0, already=0)
        for purpose in self._purposes_of(issue):
            await self._send(purpose, issue, owed_since, figures)
        return {"issue": issue, **figures}

    async def _send(
        self, purpose: str, issue: str, owed_since: datetime, figures: Counter[str]
    ) -> None:
        """Send the issue of one topic to everybody who consents to it."""
        leaving: asyncio.Task[list[str]] | None = None
        async with asyncio.TaskGroup() as tasks:
            async for page in self._directory.consenting(purpose):
                addressed = await self._queued(page, purpose, issue, owed_since)
                figures["already"] += len(page) - len(addressed)
                if leaving is not None:
                    figures.update(await leaving)
                leaving = tasks.create_task(self._leave(addressed))
        if leaving is not None:
            figures.update(leaving.result())

    async def _queued(
        self, page: Sequence[Recipient], purpose: str, issue: str, owed_since: datetime
    ) -> list[Addressed]:
        """Make the issue due for everybody on `page` for whom it was not due before."""
        read_at = asyncio.get_running_loop().time()
        commands = {
            command.message_id: (command, one)
            for one in page
            for command in (self._command(one.subject_id, purpose, issue, owed_since),)
        }
        for message in await self._dispatcher.queued_before(list(commands)):
            del commands[message]
        if not commands:
            return []
        due, priority = self._clock.now() + LEASE, rules_of("newsletter").priority
        ids = {message: one.subject_id for message, (_, one) in commands.items()}
        await self._pending.put_all(ids, due, priority)
        readable = [one for _, one in commands.values() if one.reachable]
        addresses = [one.email.text() for one in readable if one.email is not None]
        known = await self._suppressions.of_all(addresses) if addresses else {}
        meta = Metadata.system("newsletter")
        queued = await asyncio.gather(
            *(self._dispatcher.queue_new(command, meta) for command, _ in commands.values())
        )
        return [
            Addressed(held, one, known.get(_address(one), Suppression()), read_at)
            for held, (_, one) in zip(queued, commands.values(), strict=True)
            if held is not None
        ]

    async def _leave(self, addressed: Sequence[Addressed]) -> list[str]:
        """Send what is addressed, several at once; return what each became."""
        places = asyncio.Semaphore(self._at_once)

        async def one(each: Addressed) -> tuple[str, str]:
            await places.acquire()
            place = ExitStack()
            with place:
                place.callback(places.release)
                recipient = await self._present(each)
                held, known = each.held, each.known
                state = await self._dispatcher.deliver_to(held, recipient, known, place.close)
            return state.message_id, state.status

        outcomes = await asyncio.gather(*(one(each) for each in addressed))
        await self._pending.remove_all([m for m, status in outcomes if status != "queued"])
        return [status for _, status in outcomes]

    async def _present(self, each: Addressed) -> Recipient | None:
        """Return the recipient as known now, or a moment ago."""
        if asyncio.get_running_loop().time() - each.read_at < OLDEST_SECONDS:
            return each.recipient
        return await self._directory.find(each.recipient.subject_id)

    def _command(
        self, subject_id: SubjectId, purpose: str, issue: str, owed_since: datetime
    ) -> QueueMessage:
        # The first newsletter had no topic: what was sent of it stays recognised.
        topic = None if purpose == NEWSLETTER else purpose
        about = (issue, subject_id) if topic is None else (issue, subject_id, topic)
        return QueueMessage(
            subject_id=subject_id,
            message_id=message_id("newsletter", *about),
            kind="newsletter",
            cause_id=issue,
            at=self._clock.now(),
            details=Details(issue=issue, topic=topic),
            owed_since=owed_since,
        )


def _address(recipient: Recipient) -> str:
    return recipient.email.text("") if recipient.email is not None else ""
