"""Counts of what became of messages, by day: for operators, and of nobody in particular.

They are gathered in memory and added to the store every few seconds; what a killed process had
not added is not counted.
"""

from collections import Counter
from datetime import timedelta
from typing import Final, NamedTuple

from opentelemetry import metrics

from services.notify.domain.kinds import MessageClass
from shared.clock import Clock
from shared.database import Database, UpdateOne

COLLECTION: Final = "delivery_figures"
KEPT: Final = timedelta(days=90)

_counted: Final = metrics.get_meter("carionexiq").create_counter(
    "carionexiq.mail.messages", unit="{message}"
)


class Figure(NamedTuple):
    """What is counted."""

    day: str
    outcome: str
    """sent, deferred, failed, suppressed, bounced or complained."""
    of: str
    """The class of the messages."""
    why: str
    """A reason, or the provider's name; `-` where there is nothing to say."""


class Figures:
    """The counts of one service."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._rows = database.collection(COLLECTION)
        self._clock = clock
        self._new: Counter[Figure] = Counter()

    def count(self, outcome: str, of: MessageClass, why: str = "-") -> None:
        """Count one message that came to `outcome`."""
        day = self._clock.now().date().isoformat()
        self._new[Figure(day, outcome, of, why)] += 1
        _counted.add(1, {"outcome": outcome, "class": of, "why": why})

    async def keep(self) -> None:
        """Add what was counted to the store, and forget days long past."""
        counted, self._new = self._new, Counter()
        if counted:
            await self._rows.bulk_write(
                [
                    UpdateOne(
                        {"_id": "|".join(figure)},
                        {"$inc": {"count": number}, "$set": figure._asdict()},
                        upsert=True,
                    )
                    for figure, number in counted.items()
                ],
                ordered=False,
            )
        oldest = (self._clock.now() - KEPT).date().isoformat()
        await self._rows.delete_many({"day": {"$lt": oldest}})

    async def since(self, days: int) -> dict[Figure, int]:
        """Return what was counted in the last `days` days, days summed up."""
        await self.keep()
        first = (self._clock.now() - timedelta(days=days)).date().isoformat()
        summed: Counter[Figure] = Counter()
        async for row in self._rows.find({"day": {"$gte": first}}):
            summed[Figure("", row["outcome"], row["of"], row["why"])] += row["count"]
        return dict(summed)
