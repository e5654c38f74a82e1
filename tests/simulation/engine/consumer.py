"""A consumer as aiokafka shows it: polls, commits, and loses its partitions now and then."""

import asyncio
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from types import SimpleNamespace
from typing import Any, Final

from aiokafka import TopicPartition
from aiokafka.errors import CommitFailedError, KafkaConnectionError
from aiokafka.structs import OffsetAndTimestamp

from tests.simulation.engine.faults import POLL, READ, Fault
from tests.simulation.engine.node import PRESENT, Life
from tests.simulation.engine.topics import Broker, Group, LoggedRecord, set_later
from tests.simulation.engine.world import require_alive

COMMIT: Final = (
    *(Fault.DELAY, Fault.REFUSED, Fault.LOST, Fault.SKEW),
    *(Fault.CRASH_BEFORE, Fault.CRASH_AFTER, Fault.CRASH_IN_FLIGHT),
)
HELD_BACK_SECONDS: Final = 6.0
TAKEN_FOR_DEAD_SECONDS: Final = 5.0


class SimulatedConsumer:
    """Stands where `AIOKafkaConsumer` does."""

    def __init__(self, broker: Broker, *topics: str, group_id: str | None = None, **_: Any) -> None:
        self._broker = broker
        self._world = broker.world
        self._group: Group | None = None if group_id is None else broker.group(group_id)
        self._listener: Any = None
        self._generation = -1
        self._held_back: dict[TopicPartition, float] = {}
        self._paused: set[TopicPartition] = set()
        self._life: Life | None = None
        self._stopped = False
        self.topics: list[str] = list(topics)
        self.positions: dict[TopicPartition, int] = {}
        self.news = asyncio.Event()
        self._fetcher = SimpleNamespace(_prefetch_backoff=0.0)

    @property
    def alive(self) -> bool:
        """Whether its process lives."""
        return self._life is not None and self._life.alive and not self._stopped

    def subscribe(
        self, topics: Iterable[str] = (), pattern: Any = None, listener: Any = None
    ) -> None:
        """Ask for the partitions of `topics`, to be shared with the group."""
        if pattern is not None:
            raise NotImplementedError(pattern)
        self.topics, self._listener = list(topics), listener

    async def start(self) -> None:
        """Connect, and join the group."""
        self._life = PRESENT.get()
        await self._world.call("kafka.join", READ, lambda: None, KafkaConnectionError)
        if self._group is not None:
            group = self._group
            if self._life is not None:
                self._life.when_over.append(lambda: group.lose(self))
            group.join(self)
        elif self.topics:
            self._broker.listeners.append(self)
            if self._life is not None:
                self._life.when_over.append(self._leave)
            partitions = [
                TopicPartition(topic, number)
                for topic in self.topics
                for number in range(len(self._broker.topics[topic]))
            ]
            self.positions = {one: self._broker.end(one) for one in partitions}

    async def seek_to_end(self, *partitions: TopicPartition) -> bool:
        """Go on at the ends of `partitions`."""

        def effect() -> bool:
            self.positions |= {one: self._broker.end(one) for one in partitions}
            return True

        return await self._world.call("kafka.seek", READ, effect, KafkaConnectionError)

    async def stop(self) -> None:
        """Leave the group."""
        self._stopped = True
        self.news.set()
        self._leave()

    def _leave(self) -> None:
        if self._group is not None:
            self._group.leave(self)
        elif self in self._broker.listeners:
            self._broker.listeners.remove(self)

    def assignment(self) -> set[TopicPartition]:
        """Return the partitions it has at present."""
        return set(self.positions)

    def assign(self, partitions: Iterable[TopicPartition]) -> None:
        """Read `partitions`, which nobody shares out."""
        self.positions = dict.fromkeys(sorted(partitions), 0)

    async def beginning_offsets(
        self, partitions: Iterable[TopicPartition]
    ) -> dict[TopicPartition, int]:
        """Return where `partitions` begin: nothing is ever cleaned up here."""
        return dict.fromkeys(sorted(partitions), 0)

    async def position(self, partition: TopicPartition) -> int:
        """Return the offset of the record that is fetched next."""
        return self.positions[partition]

    def highwater(self, partition: TopicPartition) -> int:
        """Return the end of `partition`."""
        return self._broker.end(partition)

    async def end_offsets(self, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        """Return where `partitions` end."""
        wanted = sorted(partitions)
        return await self._world.call(
            "kafka.ends",
            READ,
            lambda: {one: self._broker.end(one) for one in wanted},
            KafkaConnectionError,
        )

    async def offsets_for_times(
        self, times: Mapping[TopicPartition, int]
    ) -> dict[TopicPartition, OffsetAndTimestamp | None]:
        """Return the first record of each partition that is not before a time, if there is one."""
        if self.topics and not self._paused.issuperset(times):
            raise NotImplementedError("the answer would wait for a whole poll behind a fetch")

        def first(partition: TopicPartition, since: int) -> OffsetAndTimestamp | None:
            log = self._broker.topics[partition.topic][partition.partition]
            at = bisect_left(log, since, key=lambda record: record.timestamp)
            return OffsetAndTimestamp(at, log[at].timestamp) if at < len(log) else None

        return await self._world.call(
            "kafka.times",
            READ,
            lambda: {one: first(one, since) for one, since in sorted(times.items())},
            KafkaConnectionError,
        )

    async def committed(self, partition: TopicPartition) -> int | None:
        """Return how far the group has come on `partition`."""
        group = self._require_group()
        return await self._world.call(
            "kafka.committed", READ, lambda: group.committed.get(partition), KafkaConnectionError
        )

    def seek(self, partition: TopicPartition, offset: int) -> None:
        """Go on at `offset` of `partition`."""
        self.positions[partition] = offset

    def pause(self, *partitions: TopicPartition) -> None:
        """Fetch nothing of `partitions` for now."""
        self._paused.update(partitions)

    def resume(self, *partitions: TopicPartition) -> None:
        """Fetch `partitions` again."""
        self._paused.difference_update(partitions)
        self.news.set()

    async def getmany(
        self, *_partitions: TopicPartition, timeout_ms: int = 0, max_records: int = 500
    ) -> dict[TopicPartition, list[LoggedRecord]]:
        """Return records that are there, or come within the time."""
        deadline = self._world.loop.time() + timeout_ms / 1000
        await self._world.call("kafka.poll", (), lambda: None, KafkaConnectionError)
        while True:
            found = self._fetched(max_records)
            left = deadline - self._world.loop.time()
            if found or left <= 0 or self._stopped:
                break
            self.news.clear()
            self._let_through()
            holds = [until - self._world.loop.time() for until in self._held_back.values()]
            timer = set_later(self._world, self.news, min([left, *holds]))
            try:
                await self.news.wait()
            finally:
                timer.cancel()
            require_alive(self._life)
        if found:
            await self._world.call(
                "kafka.fetch", POLL, lambda: None, KafkaConnectionError, struck=self._struck
            )
        return {one: records for one, records in found.items() if one in self.positions}

    async def commit(self, offsets: Mapping[TopicPartition, Any]) -> None:
        """Write down how far the group has come."""
        group = self._require_group()

        def effect() -> None:
            if self._generation != group.generation or any(
                p not in self.positions for p in offsets
            ):
                raise CommitFailedError
            for partition, at in offsets.items():
                group.committed[partition] = int(getattr(at, "offset", at))

        await self._world.call("kafka.commit", COMMIT, effect, KafkaConnectionError)

    def hand_back(self, generation: int) -> None:
        """Give up every partition, as the group asks before it shares out anew."""
        if not self.alive or self._life is None:
            return

        async def handed_back() -> None:
            await asyncio.sleep(self._world.rng.uniform(0.001, 0.05))
            require_alive(self._life)
            if generation != self._require_group().generation:
                return  # asked anew since
            revoked = set(self.positions)
            self.positions.clear()
            await self._listener.on_partitions_revoked(revoked)
            self._require_group().joined(self, generation)

        self._life.spawn(handed_back())

    def take(self, generation: int, partitions: list[TopicPartition]) -> None:
        """Get `partitions`, from where the group is."""
        if self._life is None:
            return

        async def taken() -> None:
            group = self._require_group()
            if generation != group.generation:
                return
            self._generation = generation
            self.positions = {one: group.committed.get(one, 0) for one in partitions}
            await self._listener.on_partitions_assigned(set(partitions))
            self.news.set()

        self._life.spawn(taken())

    def _fetched(self, most: int) -> dict[TopicPartition, list[LoggedRecord]]:
        now = self._world.loop.time()
        found: dict[TopicPartition, list[LoggedRecord]] = {}
        for partition in self._world.rng.sample(list(self.positions), len(self.positions)):
            if partition in self._paused or self._held_back.get(partition, now) > now:
                continue
            at = self.positions[partition]
            log = self._broker.topics[partition.topic][partition.partition]
            if at < len(log) and most > 0:
                found[partition] = log[at : at + most]
                self.positions[partition] = at + len(found[partition])
                most -= len(found[partition])
        return found

    def _let_through(self) -> None:
        now = self._world.loop.time()
        self._held_back = {one: until for one, until in self._held_back.items() if until > now}

    def _struck(self, fault: Fault) -> None:
        """Do what a fault does to the way from the broker to this consumer."""
        faults = self._world.faults
        match fault:
            case Fault.REORDER:
                if self.positions:
                    late = faults.rng.choice(list(self.positions))
                    held = faults.rng.uniform(0.1, HELD_BACK_SECONDS)
                    self._held_back[late] = self._world.loop.time() + held
            case Fault.REBALANCE if self._group is not None:
                self._group.rebalance()
            case Fault.EXPIRED if self._group is not None:
                # The broker gives the partitions to others; this member works on and does not know.
                self._group.leave(self)
                back = faults.rng.uniform(0.5, TAKEN_FOR_DEAD_SECONDS)
                self._world.loop.call_later(back, self._come_back)
            case _:
                pass

    def _come_back(self) -> None:
        if self.alive:
            self._require_group().join(self)

    def _require_group(self) -> Group:
        if self._group is None:
            raise RuntimeError("a consumer without a group")
        return self._group


ConsumerFactory = Callable[..., SimulatedConsumer]
