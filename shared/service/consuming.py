"""What a service does with events: reactions and read models, each with its consumer group."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from aiokafka import TopicPartition

from shared.consuming.consumer import (
    CONSUMERS_FINISH_SECONDS,
    ConsumerGroup,
    kafka_broker,
    start_reading,
)
from shared.consuming.dead_letters import DeadLetters
from shared.consuming.envelope import Record
from shared.consuming.maintenance import Maintenance
from shared.consuming.projections import Projection, Projector
from shared.consuming.reactions import Reaction, Reactor
from shared.consuming.rebuild import Rebuilder
from shared.consuming.renewal import renew
from shared.consuming.versions import Versions
from shared.service.parts import Kernel
from shared.starting import patiently
from shared.stopping import GracefulStop
from shared.topic_ends import TopicEnds


class Consuming:
    """The consumer groups of one service."""

    def __init__(
        self,
        name: str,
        kernel: Kernel[Any],
        projections: Sequence[Projection],
        reactions: Sequence[Reaction],
        dead_letters: DeadLetters,
    ) -> None:
        settings = kernel.settings
        self.reactions = reactions
        self._projections = projections
        self._broker = kafka_broker(settings)
        self._ends = TopicEnds(settings.kafka_bootstrap_servers)
        self._versions = Versions(kernel.database, projections)
        self._projector = Projector(
            f"{name}.projections",
            projections,
            kernel.database,
            dead_letters,
            settings.namespace,
            stand_back=lambda: self._versions.wait_until_current(surely=True),
        )
        self.maintenance = Maintenance(
            projections,
            Rebuilder(self._projector, kernel.database, settings, self._versions),
            self._fold_positions,
        )
        reactor = Reactor(
            f"{name}.reactions",
            reactions,
            dead_letters,
            attempts=settings.reaction_attempts,
            rng=random.Random(),  # noqa: S311 - jitter, not a secret
        )
        self.groups = [
            ConsumerGroup(
                f"{name}.reactions",
                _topics_of(reactions),
                reactor.process,
                self._broker,
                settings,
                self._ends,
                lanes=reactor.lanes,
            )
        ]
        if projections:
            self.groups.append(
                ConsumerGroup(
                    f"{name}.projections",
                    _topics_of(projections),
                    self._project,
                    self._broker,
                    settings,
                    self._ends,
                    paused=lambda: self.maintenance.paused or self._versions.waiting,
                )
            )

    @property
    def topics(self) -> Sequence[str]:
        """Every topic that is read, without namespace."""
        return _topics_of([*self._projections, *self.reactions])

    @property
    def busy(self) -> bool:
        """Whether a consumer is at work."""
        return any(group.in_flight for group in self.groups)

    async def prepare(self) -> None:
        """Say which versions of read models this release wants, and make their indexes."""
        await self._versions.want()
        await self._projector.prepare()

    async def start(self) -> None:
        """Begin to read, waiting a bounded time for Kafka."""
        await patiently(lambda: start_reading(self._broker))

    async def renew(self) -> None:
        """Make read models anew that another release wants otherwise, until cancelled."""
        await renew(self._versions, self.maintenance)

    async def stop(self, stop: GracefulStop) -> None:
        """Finish what is under way, or hand it back."""
        await stop.step("maintenance", self.maintenance.stop(), most=1)
        await stop.step("consumers", self._broker.stop(), most=CONSUMERS_FINISH_SECONDS + 1)
        for group in self.groups:
            group.hand_back()

    async def close(self) -> None:
        """Close what asked for the ends of topics."""
        await self._ends.close()

    async def _fold_positions(self) -> Mapping[TopicPartition, int]:
        progress = await self.groups[-1].progress(ask_broker=False)
        return {TopicPartition(p.topic, p.partition): p.position for p in progress}

    async def _project(self, records: Sequence[Record]) -> None:
        await self._versions.wait_until_current()
        async with self.maintenance.folding():
            await self._projector.process(records)


def _topics_of(listeners: Sequence[Projection | Reaction]) -> list[str]:
    return sorted({topic for listener in listeners for topic in listener.topics})
