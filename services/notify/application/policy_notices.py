"""Telling everybody with an account of a substantial change of the policy, in time (C12.1)."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from services.notify.application.deliver import Dispatcher, message_id
from services.notify.application.ports import (
    Account,
    Accounts,
    Announcement,
    Announcements,
    Pending,
)
from services.notify.domain.commands import QueueMessage
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
    a crash left out is made up for. Accounts are streamed: memory does not grow with their number.
    """

    def __init__(
        self,
        dispatcher: Dispatcher,
        directory: Accounts,
        pending: Pending,
        announcements: Announcements,
        clock: Clock,
    ) -> None:
        self._dispatcher = dispatcher
        self._directory = directory
        self._pending = pending
        self._announcements = announcements
        self._clock = clock

    async def run(self) -> Mapping[str, int]:
        """Tell whoever has not been told; return how many messages became what."""
        figures: Counter[str] = Counter(sent=0, suppressed=0, queued=0, failed=0, already=0)
        for announcement in await self._announcements.coming(self._clock.now()):
            async for page in self._directory.accounts():
                due = await self._queued(page, announcement)
                figures["already"] += len(page) - len(due)
                figures.update(await self._delivered(due))
        return figures

    async def _queued(self, page: Sequence[Account], announcement: Announcement) -> list[str]:
        """Make the notice due for everybody on `page` for whom it was not due before."""
        new = {notice_id(announcement.version, one.subject_id): one for one in page}
        for message in await self._dispatcher.queued_before(list(new)):
            del new[message]
        if not new:
            return []
        subjects = {message: one.subject_id for message, one in new.items()}
        due, priority = self._clock.now() + LEASE, rules_of(KIND).priority
        await self._pending.put_all(subjects, due, priority)
        meta = Metadata.system("policy-notices")
        held = await asyncio.gather(
            *(
                self._dispatcher.queue_new(self._command(message, one, announcement), meta)
                for message, one in new.items()
            )
        )
        return [one.state.message_id for one in held if one is not None]

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
