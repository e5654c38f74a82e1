"""Telling everybody with an account of a substantial change of the policy, in time (C12.1)."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from services.notify.application.deliver import Dispatcher, message_id
from services.notify.application.ports import (
    Account,
    Accounts,
    Announcement,
    Announcements,
    Missed,
    MissedNotices,
    Pending,
)
from services.notify.domain.commands import QueueMessage, RepeatMessage
from services.notify.domain.decide import LEASE
from services.notify.domain.events import Details
from services.notify.domain.kinds import rules_of
from shared.clock import Clock
from shared.event_store import Metadata
from shared.events.base import SubjectId
from shared.events.notify import MessageKind

KIND: Final[MessageKind] = "policy_notice"
AT_ONCE: Final = 16


def notice_id(version: str, subject_id: SubjectId) -> str:
    """Return the id of the notice of `version` to one person: there is one, however often asked."""
    return message_id(KIND, version, subject_id)


class PolicyNotices:
    """Writes to everybody with an account while an announced version has no effect yet.

    Each run looks at everybody again, so that who joins after the publication is told too, and what
    a crash left out is made up for. Whoever it did not reach is written to again once the address
    is another. Accounts are streamed: memory does not grow with their number.
    """

    def __init__(
        self,
        dispatcher: Dispatcher,
        directory: Accounts,
        pending: Pending,
        announcements: Announcements,
        missed: MissedNotices,
        clock: Clock,
    ) -> None:
        self._dispatcher = dispatcher
        self._directory = directory
        self._pending = pending
        self._announcements = announcements
        self._missed = missed
        self._clock = clock

    async def run(self) -> Mapping[str, int]:
        """Tell whoever has not been told; return how many messages became what."""
        figures: Counter[str] = Counter(sent=0, suppressed=0, queued=0, failed=0, already=0)
        for announcement in await self._announcements.coming(self._clock.now()):
            async for page in self._directory.accounts():
                due = await self._queued(page, announcement)
                figures["already"] += len(page) - len(due)
                figures.update(await self._delivered(due))
        async for missed in self._missed.missed():
            figures.update(await self._delivered(await self._repeated(missed)))
        return figures

    async def _repeated(self, missed: Sequence[Missed]) -> list[str]:
        """Make the notice due once more for whoever has another address than the one it missed."""
        since = await self._directory.addresses_since([one.subject_id for one in missed])
        changed = [
            (one, since[one.subject_id])
            for one in missed
            if one.subject_id in since and since[one.subject_id] > one.left_at
        ]
        due = [await self._once_more(one, address_since) for one, address_since in changed]
        return [message for message in due if message is not None]

    async def _once_more(self, missed: Missed, address_since: datetime) -> str | None:
        """Queue what the notice says to the new address; `None` where that was done before."""
        first = await self._dispatcher.state_of(missed.message_id)
        again = message_id(KIND, missed.message_id, address_since.isoformat())
        # Told first: what becomes of the repetition is then known to be about the notice.
        await self._dispatcher.report(missed.message_id, RepeatMessage(again, at=self._clock.now()))
        command = QueueMessage(
            subject_id=missed.subject_id,
            message_id=again,
            kind=KIND,
            cause_id=f"policy-{first.details.cause}",
            at=self._clock.now(),
            details=first.details,
            owed_since=address_since,
        )
        queued = await self._dispatcher.queue(command, Metadata.system("policy-notices"))
        return again if queued else None

    async def _queued(self, page: Sequence[Account], announcement: Announcement) -> list[str]:
        """Make the notice due for everybody on `page` for whom it was not due before."""
        new = {notice_id(announcement.version, one.subject_id): one for one in page}
        for message in await self._dispatcher.queued_before(list(new)):
            del new[message]
        if not new:
            return []
        due, priority = self._clock.now() + LEASE, rules_of(KIND).priority
        await self._pending.put_all(
            {message: (one.subject_id, due) for message, one in new.items()}, priority
        )
        letters = [
            self._dispatcher.decided(self._command(message, one, announcement))
            for message, one in new.items()
        ]
        begun = await self._dispatcher.begin(letters, "policy-notices", noted=True)
        return [one.message_id for one in begun if one.is_open]

    async def _delivered(self, messages: Sequence[str]) -> list[str]:
        places = asyncio.Semaphore(AT_ONCE)

        async def one(message: str) -> str:
            async with places:
                return await self._dispatcher.deliver(message)

        return list(await asyncio.gather(*(one(message) for message in messages)))

    def _command(self, message: str, to: Account, announcement: Announcement) -> QueueMessage:
        return QueueMessage(
            subject_id=to.subject_id,
            message_id=message,
            kind=KIND,
            cause_id=f"policy-{announcement.version}",
            at=self._clock.now(),
            details=Details(
                cause=announcement.version,
                due=announcement.effective_at,
                summary=announcement.summary.say(to.language),
            ),
            owed_since=announcement.published_at,
        )
