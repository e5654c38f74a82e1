"""Sending the month's newsletter to the people who consent to it (C9.2)."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from services.notify.application.deliver import Dispatcher, Letter, message_id
from services.notify.application.ports import Batch, Batches, Directory, Suppressions
from services.notify.domain.commands import MessageCommand, QueueMessage, ReportFailure, ReportSent
from services.notify.domain.decide import LEASE
from services.notify.domain.events import Details
from services.notify.domain.recipient import Recipient
from services.notify.domain.suppression import Suppression
from shared.clock import Clock
from shared.events.base import SubjectId
from shared.ids import new_id

NEWSLETTER: Final = "newsletter"
PARIS: Final = ZoneInfo("Europe/Paris")
OLDEST_SECONDS: Final = 1.0
"""Age from which what is known of a recipient is read again before the message leaves."""


class Addressed(NamedTuple):
    """One message that is about to leave, with what its page told of the recipient."""

    letter: Letter
    recipient: Recipient
    known: Suppression
    read_at: float


class Leaving:
    """The messages of a batch, and until when it is ours."""

    def __init__(self, batch: Batch, addressed: Sequence[Addressed], until: datetime) -> None:
        self.batch = batch
        self.addressed = addressed
        self.until = until
        self.extending = asyncio.Lock()
        self.stopped: set[SubjectId] = set()
        """Who is erased meanwhile."""


class Newsletter:
    """One issue for each topic and calendar month; whoever has had it does not get it again.

    Recipients are streamed in batches: each is noted before its first message leaves and is stored
    when what became of all is known, while the next one is read. Memory does not grow with their
    number. One process at a time sends an issue; when it dies, another goes on.
    """

    def __init__(
        self,
        dispatcher: Dispatcher,
        directory: Directory,
        batches: Batches,
        suppressions: Suppressions,
        clock: Clock,
        purposes_of: Callable[[str], Sequence[str]],
        *,
        at_once: int,
    ) -> None:
        self._dispatcher = dispatcher
        self._directory = directory
        self._batches = batches
        self._suppressions = suppressions
        self._clock = clock
        self._purposes_of = purposes_of
        self._places = asyncio.Semaphore(at_once)
        self._sending = asyncio.Lock()
        self._leaving: dict[str, Leaving] = {}

    async def send(self) -> Mapping[str, int | str]:
        """Send the issue of this month; return its name and how many messages became what."""
        async with self._sending:
            return await self._sent()

    async def _sent(self) -> Mapping[str, int | str]:
        today = self._clock.now().astimezone(PARIS)
        issue = today.strftime("%Y-%m")
        owed_since = today.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        figures: Counter[str] = Counter(sent=0, suppressed=0, queued=0, failed=0, already=0)
        for purpose in self._purposes_of(issue):
            if not await self._mine(f"{purpose} {issue}"):
                continue
            await self._send(purpose, issue, owed_since, figures)
            await self._batches.end_run(f"{purpose} {issue}")
        return {"issue": issue, **figures}

    async def resume(self) -> Mapping[str, int | str]:
        """Take up what processes that are no more left of an issue; return figures as `send`.

        What they had noted and not yet sent is left to the queue.
        """
        now = self._clock.now()
        for batch in await self._batches.take_over(now, now + LEASE, but=self._leaving):
            await self._queue(batch)
        if self._sending.locked() or not await self._batches.unfinished(now):
            return {}
        figures = await self.send()
        await self._batches.forget_runs(now)
        return figures

    async def settle(self, taken: Sequence[str], doubtful: Sequence[str]) -> None:
        """Record what a process that died knew of messages that nothing is stored of."""
        outcomes: dict[str, MessageCommand] = dict.fromkeys(
            doubtful, ReportFailure("in-doubt", permanent=True, at=self._clock.now())
        )
        outcomes |= dict.fromkeys(taken, ReportSent(self._clock.now()))
        letters: list[Letter] = []
        for batch in await self._batches.all() if outcomes else ():
            for message, subject in zip(batch.messages, batch.subjects, strict=True):
                if message in outcomes:
                    letter = self._dispatcher.decided(self._of(batch, message, subject))
                    # A restore has set it aside: whether it was sent is an operator's to say.
                    letters.append(
                        letter.with_outcome(outcomes[message]) if letter.state.is_open else letter
                    )
        if letters:
            await self._dispatcher.begin(letters, "newsletter")

    async def leave_alone(self, subject_id: SubjectId) -> None:
        """Queue what is about to be sent to somebody, so that it is found with what waits."""
        for leaving in self._leaving.values():
            leaving.stopped.add(subject_id)
        for batch in await self._batches.of_subject(subject_id):
            await self._queue(batch, only=subject_id)

    async def _send(
        self, purpose: str, issue: str, owed_since: datetime, figures: Counter[str]
    ) -> None:
        """Send the issue of one topic to everybody who consents to it."""
        before: asyncio.Task[list[str]] | None = None
        async with asyncio.TaskGroup() as tasks:
            async for page in self._directory.consenting(purpose):
                if not await self._mine(f"{purpose} {issue}"):
                    break
                leaving = await self._begun(page, purpose, issue, owed_since)
                figures["already"] += len(page) - len(leaving.addressed)
                if before is not None:
                    figures.update(await before)
                before = tasks.create_task(self._leave(leaving))
        if before is not None:
            figures.update(before.result())

    async def _mine(self, issue: str) -> bool:
        now = self._clock.now()
        return await self._batches.take_run(issue, now, now + LEASE)

    async def _begun(
        self, page: Sequence[Recipient], purpose: str, issue: str, owed_since: datetime
    ) -> Leaving:
        """Note everybody on `page` who has not had the issue as being written to."""
        read_at, now = asyncio.get_running_loop().time(), self._clock.now()
        new = {_message(one.subject_id, purpose, issue): one for one in page}
        under_way = {message for batch in await self._batches.all() for message in batch.messages}
        for message in await self._dispatcher.queued_before(list(new)):
            del new[message]
        for message in under_way & new.keys():
            # Left by a process that died: whoever takes its batch over sends it.
            del new[message]
        batch = Batch(
            new_id(),
            issue,
            purpose,
            owed_since,
            tuple(new),
            tuple(one.subject_id for one in new.values()),
        )
        if not new:
            return Leaving(batch, [], now)
        await self._batches.begin(batch, now + LEASE)
        readable = [one for one in new.values() if one.reachable]
        addresses = [one.email.text() for one in readable if one.email is not None]
        known = await self._suppressions.of_all(addresses) if addresses else {}
        addressed = [
            Addressed(
                self._dispatcher.decided(self._of(batch, message, one.subject_id)),
                one,
                known.get(_address(one), Suppression()),
                read_at,
            )
            for message, one in new.items()
        ]
        return Leaving(batch, addressed, now + LEASE)

    async def _leave(self, leaving: Leaving) -> list[str]:
        """Send a batch, several messages at once; store and return what each became.

        Raises:
            Exception: whatever kept one from being tried; the others are stored, and it is left to
                whoever takes the batch over.
        """
        batch = leaving.batch.id
        self._leaving[batch] = leaving
        try:
            found = await asyncio.gather(
                *(self._left(each, leaving) for each in leaving.addressed), return_exceptions=True
            )
            letters = [one for one in found if isinstance(one, Letter)]
            await self._dispatcher.begin(letters, NEWSLETTER)
        finally:
            del self._leaving[batch]
        for letter in letters:
            self._dispatcher.attempts.settled(letter.state.message_id)
        for one in found:
            if isinstance(one, BaseException):
                raise one
        if leaving.addressed:
            await self._batches.end(batch)
        return [one.state.status for one in letters]

    async def _left(self, each: Addressed, leaving: Leaving) -> Letter | None:
        """Try one message; `None` where it is no longer ours to send."""
        letter = each.letter
        if not letter.state.is_open:
            return letter
        async with self._places:
            stopped = each.recipient.subject_id in leaving.stopped
            if stopped or not await self._still_ours(leaving):
                return None
            recipient = await self._present(each)
            attempts = self._dispatcher.attempts
            outcome = await attempts.made(letter.state, recipient, each.known)
        if outcome is None:
            return None
        after = letter.with_outcome(outcome.command)
        attempts.count(outcome, after.state)
        return after

    async def _still_ours(self, leaving: Leaving) -> bool:
        """Whether nobody can have taken the batch over; it is extended before its time is over."""
        async with leaving.extending:
            now = self._clock.now()
            if now < leaving.until - LEASE / 2:
                return True
            until = now + LEASE
            if not await self._batches.keep(leaving.batch.id, until):
                return False
            leaving.until = until
            return True

    async def _present(self, each: Addressed) -> Recipient | None:
        """Return the recipient as known now, or a moment ago."""
        if asyncio.get_running_loop().time() - each.read_at < OLDEST_SECONDS:
            return each.recipient
        return await self._directory.find(each.recipient.subject_id)

    async def _queue(self, batch: Batch, only: SubjectId | None = None) -> None:
        """Leave to the queue what a batch, or `only` somebody's part in it, had not come to."""
        theirs = [
            (message, subject)
            for message, subject in zip(batch.messages, batch.subjects, strict=True)
            if only in (None, subject)
        ]
        begun = frozenset(await self._dispatcher.queued_before([one for one, _ in theirs]))
        # What was stored before its process died may not have been noted as pending.
        await self._dispatcher.note_open(sorted(begun))
        left = [
            self._dispatcher.decided(self._of(batch, message, subject))
            for message, subject in theirs
            if message not in begun
        ]
        if left:
            await self._dispatcher.begin(left, NEWSLETTER)
        if only is None:
            await self._batches.end(batch.id)

    def _of(self, batch: Batch, message: str, subject_id: SubjectId) -> QueueMessage:
        # The first newsletter had no topic: what was sent of it stays recognised.
        topic = None if batch.purpose == NEWSLETTER else batch.purpose
        return QueueMessage(
            subject_id=subject_id,
            message_id=message,
            kind="newsletter",
            cause_id=batch.issue,
            at=self._clock.now(),
            details=Details(issue=batch.issue, topic=topic),
            owed_since=batch.owed_since,
        )


def _message(subject_id: SubjectId, purpose: str, issue: str) -> str:
    about = (issue, subject_id) if purpose == NEWSLETTER else (issue, subject_id, purpose)
    return message_id("newsletter", *about)


def _address(recipient: Recipient) -> str:
    return recipient.email.text("") if recipient.email is not None else ""
