"""Where topics end, asked on a connection of its own.

A consumer's own connection answers only after its long poll.
"""

import asyncio
from collections.abc import Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition


class TopicEnds:
    """Asks the broker for end offsets, one question at a time; connected at the first."""

    def __init__(self, bootstrap_servers: str) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._consumer: AIOKafkaConsumer | None = None
        self._turn = asyncio.Lock()

    async def of(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        """Return for each of `partitions` the offset after its last record.

        Raises:
            KafkaError: the broker does not answer.
        """
        if not partitions:
            return {}
        async with self._turn:
            if self._consumer is None:
                consumer = AIOKafkaConsumer(bootstrap_servers=self._bootstrap_servers)
                try:
                    await consumer.start()
                except BaseException:
                    await consumer.stop()
                    raise
                self._consumer = consumer
            ends: dict[TopicPartition, int] = await self._consumer.end_offsets(partitions)
            return ends

    async def close(self) -> None:
        """Close the connection after the question under way; the next one opens another."""
        async with self._turn:
            consumer, self._consumer = self._consumer, None
            if consumer is not None:
                await consumer.stop()
