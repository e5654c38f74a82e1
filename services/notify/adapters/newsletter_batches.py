"""Which recipients of a newsletter are being written to, so that a kill forgets none of them.

A batch stands here from before its first message leaves until what became of all is stored. Of a
process that died, somebody else takes it over once its time is over.
"""

from collections.abc import Container, Sequence
from datetime import datetime
from typing import Final

from services.notify.application.ports import Batch
from shared.database import Database, Document, DuplicateKeyError
from shared.events.base import SubjectId
from shared.ids import new_id

COLLECTION: Final = "newsletter_batches"
RUN: Final = "run"
"""Begins the ids of what tells who sends an issue."""


class NewsletterBatches:
    """A few documents: one for each issue under way, and those of its recipients at this moment."""

    def __init__(self, database: Database) -> None:
        self._rows = database.collection(COLLECTION)
        self._me = new_id()

    async def take_run(self, issue: str, at: datetime, until: datetime) -> bool:
        """Have the sending of `issue` for oneself until then; whether nobody else has it."""
        mine: Document = {"holder": self._me, "until": until, "issue": issue}
        free = {"_id": f"{RUN} {issue}", "$or": [{"holder": self._me}, {"until": {"$lte": at}}]}
        try:
            await self._rows.update_one(free, {"$set": mine}, upsert=True)
        except DuplicateKeyError:
            return False
        return True

    async def end_run(self, issue: str) -> None:
        """Note that everybody was sent `issue` to."""
        await self._rows.delete_one({"_id": f"{RUN} {issue}", "holder": self._me})

    async def unfinished(self, at: datetime) -> bool:
        """Whether the sending of an issue was begun and left."""
        return await self._rows.count_documents(_left_run(at)) > 0

    async def forget_runs(self, at: datetime) -> None:
        """Forget what was left of earlier issues."""
        await self._rows.delete_many(_left_run(at))

    async def begin(self, batch: Batch, until: datetime) -> None:
        """Note that the messages of `batch` are about to leave."""
        await self._rows.insert_one(
            {
                "_id": batch.id,
                "holder": self._me,
                "until": until,
                "issue": batch.issue,
                "purpose": batch.purpose,
                "owed_since": batch.owed_since,
                "messages": list(batch.messages),
                "subjects": list(batch.subjects),
            }
        )

    async def keep(self, batch: str, until: datetime) -> bool:
        """Have more time for a batch; `False` where somebody else took it over."""
        own = {"_id": batch, "holder": self._me}
        return (await self._rows.update_one(own, {"$set": {"until": until}})).matched_count == 1

    async def end(self, batch: str) -> None:
        """Note that what became of all its messages is stored."""
        await self._rows.delete_one({"_id": batch, "holder": self._me})

    async def all(self) -> list[Batch]:
        """Return the batches under way, whoever has them."""
        rows = await self._rows.find({}).to_list(None)
        return [_batch(row) for row in rows if "messages" in row]

    async def take_over(self, at: datetime, until: datetime, but: Container[str]) -> list[Batch]:
        """Return batches whose time is over, as one's own from now on; none of `but`."""
        taken: list[Batch] = []
        query = {"until": {"$lte": at}, "messages": {"$exists": True}}
        for row in await self._rows.find(query).to_list(None):
            if row["_id"] in but:
                continue
            as_found = {"_id": row["_id"], "holder": row["holder"], "until": row["until"]}
            mine = {"$set": {"holder": self._me, "until": until}}
            if (await self._rows.update_one(as_found, mine)).matched_count == 1:
                taken.append(_batch(row))
        return taken

    async def of_subject(self, subject_id: SubjectId) -> Sequence[Batch]:
        """Return the batches under way that write to one person."""
        return [batch for batch in await self.all() if subject_id in batch.subjects]


def _left_run(at: datetime) -> Document:
    return {"until": {"$lte": at}, "messages": {"$exists": False}}


def _batch(row: Document) -> Batch:
    return Batch(
        row["_id"],
        row["issue"],
        row["purpose"],
        row["owed_since"],
        tuple(row["messages"]),
        tuple(SubjectId(one) for one in row["subjects"]),
    )
