"""How many answers who got lately, as the services counted them: what scraping shows in."""

from datetime import timedelta
from typing import Final

from services.identity.domain.anomaly.facts import AnswerCount
from shared.clock import Clock
from shared.database import Database, IndexModel
from shared.events.reading import AnswersCounted

COLLECTION: Final = "session_answers"
KEPT: Final = timedelta(days=1)


class SessionAnswers:
    """Notes counts, idempotently, and adds them up."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._rows = database.collection(COLLECTION)
        self._clock = clock

    async def prepare(self) -> None:
        """Create the indexes."""
        await self._database.ensure_indexes(
            COLLECTION, [IndexModel([("who", 1), ("until", 1)]), IndexModel([("until", 1)])]
        )

    async def note(self, key: str, counted: AnswersCounted) -> None:
        """Note one count, known by `key`; one that is too old for any rule is left."""
        if counted.until <= self._clock.now() - KEPT:
            return
        row = {
            "who": counted.subject_id,
            "since": counted.since,
            "until": counted.until,
            "answers": counted.answers,
        }
        await self._rows.update_one({"_id": key}, {"$setOnInsert": row}, upsert=True)

    async def within(self, counted: AnswersCounted, span: timedelta) -> AnswerCount:
        """Return what whom `counted` is about got within `span` up to its end, from everywhere."""
        start = counted.until - span
        query = {"who": counted.subject_id, "since": {"$gte": start}}
        found = [one async for one in self._rows.find({**query, "until": {"$lte": counted.until}})]
        return AnswerCount(
            counted.subject_id,
            since=min((one["since"] for one in found), default=counted.since),
            at=counted.until,
            answers=sum(one["answers"] for one in found),
        )

    async def forget_old(self) -> int:
        """Delete what no rule looks at any more; return how many rows that were."""
        gone = await self._rows.delete_many({"until": {"$lte": self._clock.now() - KEPT}})
        return gone.deleted_count
