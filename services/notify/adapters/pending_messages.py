"""Which messages are still to be settled, so that the schedule `retries` finds them.

An index beside the streams, written before the message is queued and removed after it is settled:
after a crash in between it names a message too many, never one too few.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from shared.database import DUPLICATE_KEY, BulkWriteError, Database, Document, IndexModel
from shared.events.base import SubjectId

COLLECTION: Final = "pending_messages"


class PendingMessages:
    """Message ids with the instant from which another attempt may start."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._collection = database.collection(COLLECTION)

    async def prepare(self) -> None:
        """Create the indexes."""
        await self._database.ensure_indexes(
            COLLECTION,
            [
                IndexModel([("priority", 1), ("due", 1)]),
                IndexModel([("due", 1)]),
                IndexModel([("subject", 1)]),
            ],
        )

    async def put(
        self, message_id: str, subject_id: SubjectId, due: datetime, priority: int
    ) -> None:
        """Note that `message_id` is to be looked at again from `due` on."""
        noted = {"subject": subject_id, "due": due, "priority": priority}
        await self._collection.update_one(
            {"_id": message_id}, {"$set": noted, "$unset": {"aside": ""}}, upsert=True
        )

    async def put_all(
        self, messages: Mapping[str, tuple[SubjectId, datetime]], priority: int
    ) -> int:
        """Note all of `messages` at once; those that are noted already stay as they are.

        Args:
            messages: by id, whom each goes to and from when it is to be looked at again.
            priority: of all of them.
        """
        rows: list[Document] = [
            {"_id": message, "subject": subject, "due": due, "priority": priority}
            for message, (subject, due) in messages.items()
        ]
        try:
            await self._collection.insert_many(rows, ordered=False)
        except BulkWriteError as error:
            others = [one for one in error.details["writeErrors"] if one["code"] != DUPLICATE_KEY]
            if others:
                raise
            return len(rows) - len(error.details["writeErrors"])
        return len(rows)

    async def set_aside(self, message_id: str, subject_id: SubjectId, since: datetime) -> None:
        """Note that `message_id` waits for an operator."""
        await self._collection.update_one(
            {"_id": message_id},
            {"$set": {"subject": subject_id, "aside": since}, "$unset": {"due": ""}},
            upsert=True,
        )

    async def aside(self, after: str, limit: int) -> list[str]:
        """Return at most `limit` messages that wait for an operator, by id, after `after`."""
        query = {"aside": {"$exists": True}, "_id": {"$gt": after}}
        cursor = self._collection.find(query, {"_id": 1}).sort("_id", 1)
        return [document["_id"] for document in await cursor.to_list(limit)]

    async def count_aside(self) -> int:
        """Return how many messages wait for an operator."""
        return await self._collection.count_documents({"aside": {"$exists": True}})

    async def remove(self, message_id: str) -> None:
        """Note that `message_id` is settled."""
        await self._collection.delete_one({"_id": message_id})

    async def due(self, at: datetime, limit: int) -> list[str]:
        """Return at most `limit` messages to be looked at by `at`, the most urgent first."""
        cursor = self._collection.find({"due": {"$lte": at}}).sort([("priority", 1), ("due", 1)])
        return [document["_id"] for document in await cursor.to_list(limit)]

    async def of_subject(self, subject_id: SubjectId) -> list[str]:
        """Return the unsettled messages to one person."""
        cursor = self._collection.find({"subject": subject_id})
        return [document["_id"] async for document in cursor]

    async def lengths(self) -> dict[int, int]:
        """Return how many messages wait to be sent, by priority."""
        stages: list[Document] = [
            {"$match": {"due": {"$exists": True}}},
            {"$group": {"_id": "$priority", "count": {"$sum": 1}}},
        ]
        return {row["_id"]: row["count"] async for row in self._collection.aggregate(stages)}

    async def oldest_due(self) -> datetime | None:
        """Return since when the message that is due longest is due, if any waits."""
        row = await self._collection.find_one({"due": {"$exists": True}}, sort=[("due", 1)])
        return None if row is None else row["due"]
