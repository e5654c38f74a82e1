"""Sending the month's newsletter to the people who consent to it (C9.2)."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from services.notify.application.deliver import Dispatcher, message_id
from services.notify.application.ports import Directory
from services.notify.domain.commands import QueueMessage
from services.notify.domain.events import Details
from shared.clock import Clock
from shared.event_store import Metadata
from shared.events.base import SubjectId

PURPOSE: Final = "newsletter"
AT_ONCE: Final = 8
PARIS: Final = ZoneInfo("Europe/Paris")


class Newsletter:
    """One issue for each calendar month; whoever has had it does not get it again."""

    def __init__(self, dispatcher: Dispatcher, directory: Directory, clock: Clock) -> None:
        self._dispatcher = dispatcher
        self._directory = directory
        self._clock = clock

    async def send(self) -> Mapping[str, int | str]:
        """Send the issue of this month; return its name and how many messages became what."""
        today = self._clock.now().astimezone(PARIS)
        issue = today.strftime("%Y-%m")
        owed_since = today.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        figures: Counter[str] = Counter(sent=0, suppressed=0, queued=0, failed=0, already=0)
        places = asyncio.Semaphore(AT_ONCE)

        async def one(subject_id: SubjectId) -> None:
            async with places:
                figures[await self._send_to(subject_id, issue, owed_since)] += 1

        async for page in self._directory.consenting(PURPOSE):
            async with asyncio.TaskGroup() as tasks:
                for subject_id in page:
                    tasks.create_task(one(subject_id))
        return {"issue": issue, **figures}

    async def _send_to(self, subject_id: SubjectId, issue: str, owed_since: datetime) -> str:
        command = QueueMessage(
            subject_id=subject_id,
            message_id=message_id("newsletter", issue, subject_id),
            kind="newsletter",
            cause_id=issue,
            at=self._clock.now(),
            details=Details(issue=issue),
            owed_since=owed_since,
        )
        if not await self._dispatcher.queue(command, Metadata.system("newsletter")):
            return "already"
        return await self._dispatcher.deliver(command.message_id)
