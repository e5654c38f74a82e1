"""A producer and an administrator as aiokafka shows them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from aiokafka.errors import KafkaConnectionError, RequestTimedOutError, TopicAlreadyExistsError

from tests.simulation.engine.faults import READ, SEND, WRITE
from tests.simulation.engine.topics import Broker, Message


@dataclass(frozen=True, slots=True)
class Sent:
    """Where a batch, or a record, stands."""

    topic: str
    partition: int
    offset: int


class SimulatedBatch:
    """Records that are written together."""

    def __init__(self, most: int) -> None:
        self.messages: list[Message] = []
        self._left = most

    def append(
        self,
        *,
        timestamp: int | None,
        key: bytes | None,
        value: bytes,
        headers: Sequence[tuple[str, bytes]],
    ) -> object | None:
        """Add a record, unless the batch is full."""
        del timestamp
        size = len(value) + sum(len(name) + len(text) for name, text in headers)
        if self.messages and size > self._left:
            return None
        self._left -= size
        self.messages.append((key, value, tuple(headers)))
        return self

    def record_count(self) -> int:
        """Return how many records there are."""
        return len(self.messages)


class SimulatedProducer:
    """Stands where `AIOKafkaProducer` does: idempotent, every acknowledgement durable."""

    def __init__(self, broker: Broker, *, max_batch_size: int = 16_384, **_: Any) -> None:
        self._broker = broker
        self._most = max_batch_size

    async def start(self) -> None:
        """Connect."""
        await self._broker.world.call("kafka.connect", READ, lambda: None, KafkaConnectionError)

    async def stop(self) -> None:
        """Disconnect."""

    async def partitions_for(self, topic: str) -> set[int]:
        """Return the partitions of `topic`."""
        return set(range(len(self._broker.topics[topic])))

    def create_batch(self) -> SimulatedBatch:
        """Return an empty batch."""
        return SimulatedBatch(self._most)

    async def send_batch(
        self, batch: SimulatedBatch, topic: str, *, partition: int
    ) -> "asyncio.Task[Sent]":
        """Send `batch`; the answer is awaited apart."""
        return asyncio.create_task(self._sent(batch.messages, topic, partition))

    async def send_and_wait(
        self,
        topic: str,
        value: bytes,
        *,
        key: bytes | None = None,
        headers: Sequence[tuple[str, bytes]] = (),
    ) -> Sent:
        """Send one record to whichever partition."""
        partition = self._broker.world.rng.randrange(len(self._broker.topics[topic]))
        return await self._sent([(key, value, tuple(headers))], topic, partition)

    async def _sent(self, messages: list[Message], topic: str, partition: int) -> Sent:
        sending = list(messages)

        def effect() -> Sent:
            return Sent(topic, partition, self._broker.append(topic, partition, sending))

        return await self._broker.world.call(
            f"kafka.send {topic}", SEND, effect, RequestTimedOutError, twice=True
        )


class SimulatedAdmin:
    """Stands where `AIOKafkaAdminClient` does."""

    def __init__(self, broker: Broker, **_: Any) -> None:
        self._broker = broker

    async def start(self) -> None:
        """Connect."""

    async def close(self) -> None:
        """Disconnect."""

    async def create_topics(self, topics: Sequence[Any]) -> Any:
        """Create `topics`, and tell of each how that went."""

        def effect() -> list[tuple[str, int, str]]:
            return [
                (
                    one.name,
                    0
                    if self._broker.create(one.name, one.num_partitions)
                    else TopicAlreadyExistsError.errno,
                    "",
                )
                for one in topics
            ]

        answer = await self._broker.world.call("kafka.create", WRITE, effect, KafkaConnectionError)
        return SimpleNamespace(topic_errors=answer)

    async def describe_configs(self, _resources: Sequence[Any]) -> list[Any]:
        """Tell of nothing that was configured: topics here are never compacted."""
        return await self._broker.world.call(
            "kafka.configs", READ, lambda: [SimpleNamespace(resources=[])], KafkaConnectionError
        )

    async def describe_topics(self, names: Sequence[str]) -> list[dict[str, Any]]:
        """Tell of the partitions of each of `names`."""
        topics = self._broker.topics
        return await self._broker.world.call(
            "kafka.describe",
            READ,
            lambda: [
                {
                    "topic": name,
                    "error_code": 0 if name in topics else 3,
                    "partitions": [None] * len(topics.get(name, ())),
                }
                for name in names
            ],
            KafkaConnectionError,
        )
