"""How far Kafka has acknowledged a service's topic, which shows when a topic lost something."""

from collections.abc import Mapping
from typing import Final

from aiokafka import TopicPartition

from shared.database import Database
from shared.topic_ends import TopicEnds

COLLECTION: Final = "relay_positions"


class TopicShrankError(Exception):
    """An acknowledged offset was acknowledged again: the topic lost what it held."""


class Positions:
    """The last acknowledged offset of each partition of one topic."""

    def __init__(self, database: Database, topic: str, bootstrap_servers: str) -> None:
        self._positions = database.collection(COLLECTION)
        self._topic = topic
        self._ends = TopicEnds(bootstrap_servers)
        self._last: dict[int, int] = {}

    async def record(self, offsets: Mapping[int, int]) -> None:
        """Note that Kafka has acknowledged everything up to `offsets`, by partition.

        Raises:
            TopicShrankError: the topic had more than that before.
            PyMongoError: the database is away.
        """
        if any(offset <= self._last.get(partition, -1) for partition, offset in offsets.items()):
            raise TopicShrankError
        if offsets:
            self._last.update(offsets)
            highest = {f"offsets.{partition}": offset for partition, offset in offsets.items()}
            await self._positions.update_one({"_id": self._topic}, {"$max": highest}, upsert=True)

    async def forget(self) -> None:
        """Begin anew, as everything is published again.

        Raises:
            PyMongoError: the database is away.
        """
        self._last.clear()
        await self._positions.delete_many({})

    async def exceed_topic(self) -> bool:
        """Tell whether the topic ends before what it once acknowledged.

        Raises:
            KafkaError: the broker does not answer.
            PyMongoError: the database is away.
        """
        document = await self._positions.find_one({"_id": self._topic})
        if document is None:
            return False
        recorded = {
            TopicPartition(self._topic, int(partition)): offset
            for partition, offset in document["offsets"].items()
        }
        try:
            ends = await self._ends.of(list(recorded))
        finally:
            await self._ends.close()
        return any(ends.get(partition, 0) <= offset for partition, offset in recorded.items())
