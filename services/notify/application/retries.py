"""Trying again what was not settled: refused for a while, or interrupted by a crash."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from services.notify.application.deliver import Dispatcher
from services.notify.application.ports import Pending
from shared.clock import Clock

BATCH: Final = 200


class Retries:
    """Takes up messages whose time has come; each is attempted a bounded number of times."""

    def __init__(self, dispatcher: Dispatcher, pending: Pending, clock: Clock) -> None:
        self._dispatcher = dispatcher
        self._pending = pending
        self._clock = clock

    async def run(self) -> Mapping[str, int]:
        """Try one batch again; return how many messages became what."""
        figures: Counter[str] = Counter(sent=0, suppressed=0, queued=0, failed=0)
        for message in await self._pending.due(self._clock.now(), BATCH):
            figures[await self._dispatcher.retry(message)] += 1
        return figures
