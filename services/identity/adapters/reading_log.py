"""Who of staff read whom lately, how much on which day, and who has to do with whom."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Final

from services.identity.domain.anomaly.facts import Reading, ReadingDay
from services.identity.domain.anomaly.readings import PARIS
from shared.clock import Clock
from shared.database import Database, IndexModel

COLLECTION: Final = "watched_readings"
COLLECTION_OF_DAYS: Final = "reading_days"
COLLECTION_OF_TIES: Final = "ties"
KEPT: Final = timedelta(days=2)
"""Single readings; the days' figures stay six months, as traces do."""
DAYS_KEPT: Final = timedelta(days=180)
NORMAL: Final = timedelta(days=60)
"""How far back the days lie that make up what is normal."""


class ReadingLog:
    """Notes readings and ties, idempotently, and hands them to the rules."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._rows = database.collection(COLLECTION)
        self._days = database.collection(COLLECTION_OF_DAYS)
        self._ties = database.collection(COLLECTION_OF_TIES)
        self._clock = clock

    async def prepare(self) -> None:
        """Create the indexes."""
        await self._database.ensure_indexes(
            COLLECTION, [IndexModel([("reader", 1), ("at", 1)]), IndexModel([("at", 1)])]
        )
        await self._database.ensure_indexes(
            COLLECTION_OF_DAYS,
            [
                IndexModel([("reader", 1), ("day", 1)]),
                IndexModel([("role", 1), ("day", 1)]),
                IndexModel([("day", 1)]),
            ],
        )

    async def note(self, key: str, reader: str, role: str, subject: str, at: datetime) -> None:
        """Note a reading, known by `key`; one that is too old for any rule is left."""
        if at <= self._clock.now() - KEPT:
            return
        row = {"reader": reader, "role": role, "subject": subject, "at": at}
        await self._rows.update_one({"_id": key}, {"$setOnInsert": row}, upsert=True)

    async def tie(self, subject: str, roles: Iterable[str], at: datetime) -> None:
        """Note that `roles` had to do with `subject`."""
        latest = dict.fromkeys(roles, at)
        await self._ties.update_one({"_id": subject}, {"$max": latest}, upsert=True)

    async def untie(self, subject: str) -> None:
        """Forget who had to do with `subject`."""
        await self._ties.delete_one({"_id": subject})

    async def readers(self, start: datetime, end: datetime) -> dict[str, str]:
        """Return who read anybody within [`start`, `end`), with the role it was in."""
        found = self._rows.find({"at": {"$gte": start, "$lt": end}}, {"reader": 1, "role": 1})
        return {one["reader"]: one["role"] async for one in found}

    async def readings(
        self, reader: str, role: str, start: datetime, end: datetime, related_for: timedelta | None
    ) -> list[Reading]:
        """Return what `reader` read within [`start`, `end`), in order of time.

        Whether a person is related is told where `related_for` is given: whether `role` had to do
        with them so lately.
        """
        query = {"reader": reader, "at": {"$gte": start, "$lt": end}}
        rows = [one async for one in self._rows.find(query).sort("at", 1)]
        tied = await self._tied({row["subject"] for row in rows}, role, related_for)
        return [
            Reading(row["at"], row["subject"], None if tied is None else row["subject"] in tied)
            for row in rows
        ]

    async def keep_day(self, reader: str, role: str, day: ReadingDay) -> None:
        """Keep the figures of one day of a reader."""
        figures = {
            "reader": reader,
            "role": role,
            "day": day.day.isoformat(),
            "persons": day.persons,
            "by_hour": {str(hour): count for hour, count in day.by_hour.items()},
        }
        key = f"{reader}|{day.day}"
        await self._days.replace_one({"_id": key}, figures, upsert=True)

    async def normal(self, who: Mapping[str, object], today: date) -> list[ReadingDay]:
        """Return the earlier days of a reader, or of a role (`{"reader": …}`, `{"role": …}`)."""
        lately = {"$gte": (today - NORMAL).isoformat(), "$lt": today.isoformat()}
        found = self._days.find({**who, "day": lately})
        return [
            ReadingDay(
                date.fromisoformat(one["day"]),
                one["persons"],
                {int(hour): count for hour, count in one["by_hour"].items()},
            )
            async for one in found
        ]

    async def forget_old(self) -> int:
        """Delete what no rule looks at any more; return how many rows that were."""
        now = self._clock.now()
        gone = await self._rows.delete_many({"at": {"$lte": now - KEPT}})
        oldest = (now.astimezone(PARIS) - DAYS_KEPT).date().isoformat()
        days = await self._days.delete_many({"day": {"$lt": oldest}})
        return gone.deleted_count + days.deleted_count

    async def _tied(
        self, subjects: set[str], role: str, lately: timedelta | None
    ) -> frozenset[str] | None:
        if lately is None:
            return None
        query = {"_id": {"$in": list(subjects)}, role: {"$gte": self._clock.now() - lately}}
        return frozenset([one["_id"] async for one in self._ties.find(query, {"_id": 1})])
