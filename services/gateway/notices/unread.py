"""How many notices somebody has not read: kept for a moment, until news of them comes."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from services.gateway.services import (
    Caller,
    ConfirmationNeededError,
    SecondFactorNeededError,
    ServiceAwayError,
    ServiceProblemError,
    TrainingNeededError,
)

NOT_TOLD: Final = (
    ServiceAwayError,
    ServiceProblemError,
    ConfirmationNeededError,
    SecondFactorNeededError,
    TrainingNeededError,
    TimeoutError,
)
"""What keeps a count from being known; a page is shown without it."""
PERSONS: Final = 10_000
KEPT_SECONDS: Final = 60.0
"""How long a count is believed where no news comes, for instance while Kafka is away."""
WAITS_SECONDS: Final = 1.0
"""How long a page waits for its count."""
AWAY_SECONDS: Final = 5.0
"""How long nobody asks after there was no answer."""


@dataclass(frozen=True, slots=True)
class Known:
    """A count, and until when it is believed."""

    count: int
    until: float


class UnreadCounts:
    """Counts of the persons whose pages were shown lately, in this process."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Known] = OrderedDict()
        self._asking: dict[str, object] = {}
        self._away_until = 0.0

    async def of(self, caller: Caller) -> int | None:
        """Return how many notices the caller has not read; `None` where nobody can tell."""
        if caller.session is None:
            return None
        subject, now = caller.session.subject, asyncio.get_running_loop().time()
        known = self._known.get(subject)
        if known is not None and known.until > now:
            return known.count
        if self._away_until > now:
            return None
        return await self._asked(caller, subject, now)

    def forget(self, subject: str) -> None:
        """Ask anew for `subject`: there is news; what is being answered may be older."""
        self._known.pop(subject, None)
        self._asking.pop(subject, None)

    def forget_all(self) -> None:
        """Ask anew for everybody: news may have passed unheard."""
        self._known.clear()
        self._asking.clear()

    async def _asked(self, caller: Caller, subject: str, now: float) -> int | None:
        asking = self._asking[subject] = object()
        try:
            async with asyncio.timeout(WAITS_SECONDS):
                news = await caller.get("notify", "/me/notices/news")
        except NOT_TOLD:
            news = None
        # A release of the service that knows of no notices yet answers something else.
        count = news.get("unread") if isinstance(news, dict) else None
        if not isinstance(count, int):
            self._away_until = now + AWAY_SECONDS
            self._asking.pop(subject, None)
            return None
        if self._asking.get(subject) is asking:
            del self._asking[subject]
            self._known[subject] = Known(count, now + KEPT_SECONDS)
            while len(self._known) > PERSONS:
                self._known.popitem(last=False)
        return count
