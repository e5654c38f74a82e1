"""The broker: topics as logs, and groups that share their partitions out."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aiokafka import TopicPartition

from tests.simulation.engine.world import World

if TYPE_CHECKING:
    from tests.simulation.engine.consumer import SimulatedConsumer

SESSION_SECONDS: Final = 6.0
"""After which a consumer that died is missed."""


@dataclass(frozen=True, slots=True)
class LoggedRecord:
    """What a consumer gets of a record."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]


Message = tuple[bytes | None, bytes, tuple[tuple[str, bytes], ...]]


class Broker:
    """Topics and groups, which outlive every process."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.topics: dict[str, list[list[LoggedRecord]]] = {}
        self.groups: dict[str, Group] = {}
        self.listeners: list[SimulatedConsumer] = []
        """Consumers that belong to no group and hear everything."""
        self.watchers: list[Callable[[LoggedRecord], None]] = []
        """Told of each record that is appended."""

    def create(self, topic: str, partitions: int) -> bool:
        """Create a topic; tell whether there was none."""
        if topic in self.topics:
            return False
        self.topics[topic] = [[] for _ in range(partitions)]
        return True

    def append(self, topic: str, partition: int, messages: Sequence[Message]) -> int:
        """Append `messages` and return the offset of the first."""
        log = self.topics[topic][partition]
        first = len(log)
        at = int(self.world.now().timestamp() * 1000)
        for key, value, headers in messages:
            record = LoggedRecord(topic, partition, len(log), at, key, value, headers)
            log.append(record)
            for watcher in self.watchers:
                watcher(record)
        for group in self.groups.values():
            group.tell(TopicPartition(topic, partition))
        for listener in self.listeners:
            listener.news.set()
        return first

    def end(self, partition: TopicPartition) -> int:
        """Return the offset after the last record of `partition`."""
        return len(self.topics[partition.topic][partition.partition])

    def group(self, name: str) -> "Group":
        """Return a group by name."""
        if name not in self.groups:
            self.groups[name] = Group(self, name)
        return self.groups[name]


class Group:
    """Consumers that share partitions, and how far they have come."""

    def __init__(self, broker: Broker, name: str) -> None:
        self.name = name
        self.committed: dict[TopicPartition, int] = {}
        self.members: list[SimulatedConsumer] = []
        self.topics: set[str] = set()
        self.generation = 0
        self._broker = broker
        self._joined: set[int] = set()

    def join(self, consumer: "SimulatedConsumer") -> None:
        """Take in a new member, or one that was taken for dead."""
        if consumer not in self.members:
            self.members.append(consumer)
        self.topics |= set(consumer.topics)
        self.rebalance()

    def leave(self, consumer: "SimulatedConsumer") -> None:
        """Let a member go that says so, or that is missed."""
        if consumer in self.members:
            self.members.remove(consumer)
            self.rebalance()

    def lose(self, consumer: "SimulatedConsumer") -> None:
        """Miss a member that died, after a while."""
        self._broker.world.loop.call_later(SESSION_SECONDS, self.leave, consumer)

    def rebalance(self) -> None:
        """Have every member hand back what it has; then share everything out anew."""
        self.generation += 1
        self._joined.clear()
        for member in self.members:
            member.hand_back(self.generation)
        self._share_out()

    def joined(self, consumer: "SimulatedConsumer", generation: int) -> None:
        """Note that a member has handed back its partitions."""
        if generation == self.generation:
            self._joined.add(id(consumer))
            self._share_out()

    def behind(self) -> TopicPartition | None:
        """Return a partition that nobody has read to its end, if there is one."""
        read = {one: at for member in self.members for one, at in member.positions.items()}
        for topic in sorted(self.topics):
            for number in range(len(self._broker.topics.get(topic, ()))):
                partition = TopicPartition(topic, number)
                if read.get(partition, -1) < self._broker.end(partition):
                    return partition
        return None

    def tell(self, partition: TopicPartition) -> None:
        """Wake whoever waits for records of `partition`."""
        for member in self.members:
            if partition in member.positions:
                member.news.set()

    def _share_out(self) -> None:
        living = [member for member in self.members if member.alive]
        if not living or any(id(member) not in self._joined for member in self.members):
            return
        partitions = [
            TopicPartition(topic, number)
            for topic in sorted(self.topics)
            for number in range(len(self._broker.topics.get(topic, ())))
        ]
        shares: list[list[TopicPartition]] = [[] for _ in living]
        for number, partition in enumerate(partitions):
            shares[number % len(living)].append(partition)
        for member, share in zip(living, shares, strict=True):
            member.take(self.generation, share)


def set_later(world: World, event: asyncio.Event, seconds: float) -> asyncio.TimerHandle:
    """Set `event` in `seconds`."""
    return world.loop.call_later(max(0.0, seconds), event.set)
