"""The queue: what waits its turn or its time leaves, the most urgent first."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from typing import Final

from services.notify.application.deliver import Dispatcher
from services.notify.application.ports import Pending
from services.notify.domain.state import Status
from shared.clock import Clock

BATCH: Final = 200
AT_ONCE: Final = 16
ROUNDS: Final = 50
"""Batches in one run at most; the next run goes on."""


class Retries:
    """Takes up messages whose time has come; each is attempted a bounded number of times."""

    def __init__(self, dispatcher: Dispatcher, pending: Pending, clock: Clock) -> None:
        self._dispatcher = dispatcher
        self._pending = pending
        self._clock = clock

    async def run(self) -> Mapping[str, int]:
        """Send what is due; return how many messages became what."""
        figures: Counter[str] = Counter(sent=0, suppressed=0, queued=0, failed=0)
        for _ in range(ROUNDS):
            due = await self._pending.due(self._clock.now(), BATCH)
            figures.update(await self._of(due))
            # What could not leave has got another time; nothing due means nothing to do.
            if len(due) < BATCH:
                break
        return figures

    async def _of(self, messages: list[str]) -> Counter[Status]:
        places = asyncio.Semaphore(AT_ONCE)
        figures: Counter[Status] = Counter()

        async def one(message: str) -> None:
            async with places:
                figures[await self._dispatcher.retry(message)] += 1

        async with asyncio.TaskGroup() as tasks:
            # Tasks start in the order in which they are made, and a semaphore keeps it.
            for message in messages:
                tasks.create_task(one(message))
        return figures
