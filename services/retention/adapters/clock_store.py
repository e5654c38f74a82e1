"""Clocks worked out from lives and kept for lists and for the sweep: index on `acts_at`."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from services.retention.domain.clocks.agenda import next_at
from services.retention.domain.clocks.clock import Clock, ClockState
from services.retention.domain.clocks.compute import clocks_of
from services.retention.domain.life.follow import following, follows
from services.retention.domain.life.life import Life
from services.retention.domain.ruleset.adoption import InForce
from services.retention.projections.lives import FOLDS, FOLLOWS, WANTED, Lives, life_of
from shared.database import Database, Document, IndexModel, ReplaceOne, UpdateOne
from shared.personal import Category

COLLECTION: Final = "clocks"
BATCH: Final = 200
AHEAD: Final = 1_000
"""Persons whose ids are fetched together."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How many clocks stand where."""

    running: int
    waiting: int
    due: int
    late: int
    held: int
    alarms: int


class ClockStore:
    """Works out and keeps the clocks of every life that has changed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._clocks = database.collection(COLLECTION)
        self._lives = database.collection(Lives.name)

    async def prepare(self) -> None:
        """Create the indexes."""
        await self._database.ensure_indexes(
            COLLECTION, [IndexModel([("acts_at", 1)]), IndexModel([("subject", 1)])]
        )

    async def outdate(self, adoption: int) -> None:
        """Mark every life whose clocks were not worked out by the rules of `adoption`."""
        await self._lives.update_many(
            {"rules": {"$ne": adoption}, "_gone": {"$exists": False}},
            {"$set": {"dirty": True, WANTED: adoption}},
        )

    async def waiting(self) -> int:
        """Return how many lives have changed, or their rules have, since their clocks were made."""
        return await self._lives.count_documents({"dirty": True})

    async def refresh(self, in_force: InForce, now: datetime, *, limit: int = BATCH) -> int:
        """Work out the clocks of some lives that have changed; return how many of them.

        A life that changes meanwhile, or whose rules do, stays marked and is worked out again.
        """
        documents = await self._lives.find({"dirty": True}).to_list(limit)
        return await self._refresh(documents, in_force, now) if documents else 0

    async def due_subjects(self, now: datetime) -> AsyncIterator[str]:
        """Yield the persons about whom something is to be done at `now`, as the index has them."""
        cursor = self._lives.find({"next_at": {"$lte": now}}, {"_id": 1}).batch_size(AHEAD)
        async for document in cursor:
            yield document["_id"]

    async def next_at(self) -> datetime | None:
        """Return when something is to be done next about anybody, as far as worked out."""
        soonest = self._lives.find({"next_at": {"$ne": None}}, {"next_at": 1})
        found = await soonest.sort("next_at", 1).limit(1).to_list(1)
        return found[0]["next_at"] if found else None

    async def subjects_due_until(self, until: datetime) -> list[str]:
        """Return the persons of whom something goes until `until`."""
        cursor = self._clocks.find({"acts_at": {"$lte": until}}, {"subject": 1})
        return sorted({document["subject"] async for document in cursor})

    async def find(
        self, query: Mapping[str, Any], *, skip: int, limit: int
    ) -> tuple[list[Clock], int]:
        """Return a page of the clocks that match, the next to go first, and how many match."""
        cursor = self._clocks.find(dict(query)).sort([("acts_at", 1), ("_id", 1)])
        documents = [document async for document in cursor.skip(skip).limit(limit)]
        return [_clock(d) for d in documents], await self._clocks.count_documents(dict(query))

    async def figures(self, now: datetime, late_since: datetime) -> Figures:
        """Return the figures of the operations page."""

        async def count(state: ClockState) -> int:
            return await self._clocks.count_documents(in_state(state, now))

        late = {**in_state(ClockState.DUE, now), "acts_at": {"$ne": None, "$lte": late_since}}
        return Figures(
            running=await count(ClockState.RUNNING),
            waiting=await count(ClockState.WAITING),
            due=await count(ClockState.DUE),
            late=await self._clocks.count_documents(late),
            held=await count(ClockState.HELD),
            alarms=await count(ClockState.ALARM),
        )

    async def _refresh(
        self, documents: Sequence[Document], in_force: InForce, now: datetime
    ) -> int:
        rules = in_force.rules
        subjects = [document["_id"] for document in documents]
        known: dict[str, Document] = {
            clock["_id"]: clock async for clock in self._clocks.find({"subject": {"$in": subjects}})
        }
        writes: list[ReplaceOne[Document]] = []
        marks: list[UpdateOne] = []
        survivors = await self._survivors(documents)
        for document in documents:
            life = _followed(life_of(document["_id"], document), survivors)
            for clock in clocks_of(rules, life):
                replacement = _document(clock)
                if known.pop(clock.key, None) != replacement:
                    writes.append(ReplaceOne({"_id": clock.key}, replacement, upsert=True))
            state = {
                "dirty": False,
                "rules": in_force.adoption,
                "next_at": next_at(rules, life, now),
            }
            unchanged = {
                "_id": document["_id"],
                FOLDS: document[FOLDS],
                "$or": [{WANTED: None}, {WANTED: {"$lte": in_force.adoption}}],
            }
            marks.append(UpdateOne(unchanged, {"$set": state}))
        if writes:
            await self._clocks.bulk_write(writes, ordered=False)
        if known:
            await self._clocks.delete_many({"_id": {"$in": list(known)}})
        result = await self._lives.bulk_write(marks, ordered=False)
        # What changed for the account that stays has changed for its duplicates.
        await self._lives.update_many({FOLLOWS: {"$in": subjects}}, {"$set": {"dirty": True}})
        return int(result.modified_count)

    async def _survivors(self, documents: Sequence[Document]) -> dict[str, Life]:
        """Return the lives that `documents`, and they in turn, were merged into."""
        found: dict[str, Life] = {}
        wanted = {document[FOLLOWS] for document in documents if document.get(FOLLOWS)}
        while wanted:
            surviving = await self._lives.find({"_id": {"$in": sorted(wanted)}}).to_list(None)
            found |= {one["_id"]: life_of(one["_id"], one) for one in surviving}
            wanted = {one[FOLLOWS] for one in surviving if one.get(FOLLOWS)} - found.keys()
        return found


def _followed(life: Life, survivors: Mapping[str, Life]) -> Life:
    survivor = survivors.get(follows(life) or "")
    return life if survivor is None else following(life, _followed(survivor, survivors))


def in_state(state: ClockState, now: datetime) -> dict[str, Any]:
    """Return the query for clocks that stand in `state` at `now`."""
    not_held = {"$or": [{"hold_until": None}, {"hold_until": {"$lte": now}}]}
    possible = {"$or": [{"impossible_until": None}, {"impossible_until": {"$lte": now}}]}
    open_ones = {"gone_at": None, "case_id": None}
    alive = {**open_ones, "$and": [not_held, possible]}
    match state:
        case ClockState.DONE:
            return {"gone_at": {"$ne": None}}
        case ClockState.HELD:
            return {"gone_at": None, "hold_until": {"$gt": now}}
        case ClockState.ORDERED:
            return {"gone_at": None, "case_id": {"$ne": None}, **not_held}
        case ClockState.DUE:
            return {**alive, "acts_at": {"$ne": None, "$lte": now}}
        case ClockState.ALARM:
            later = {"$or": [{"acts_at": None}, {"acts_at": {"$gt": now}}]}
            lacking = {"alarm": True, **later}
            impossible = {"impossible_until": {"$gt": now}}
            return {**open_ones, "$and": [not_held, {"$or": [lacking, impossible]}]}
        case ClockState.RUNNING:
            return {**alive, "alarm": False, "acts_at": {"$gt": now}}
        case ClockState.WAITING:
            return {**alive, "alarm": False, "due": None}


def _document(clock: Clock) -> Document:
    fields = asdict(clock)
    return {
        "_id": clock.key,
        **fields,
        "category": str(clock.category),
        "acts_at": clock.acts_at,
        "impossible_until": clock.impossible_until,
    }


def _clock(document: Document) -> Clock:
    fields = {k: v for k, v in document.items() if k not in {"_id", "acts_at", "impossible_until"}}
    return Clock(**{**fields, "category": Category(document["category"])})
