"""Knowing that nothing is under way any more, without waiting any fixed time.

The check is sound because every effect leaves a record: a consumer that got past a record has
already put what follows from it into an outbox, and an outbox empties only into Kafka. So when all
positions have reached the end offsets E1, all outboxes are empty and the end offsets are still E1
afterwards, nothing can be under way that has not been seen.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from pydantic import BaseModel

from deploy.demo.drive.errors import DemoFailedError

Ends = Mapping[tuple[str, int], int]
"""End offset by topic and partition."""
POLL_SECONDS: Final = 0.01
PATIENCE_SECONDS: Final = 60.0


class PartitionFlow(BaseModel):
    """One group's progress on one partition."""

    topic: str
    partition: int
    position: int


class GroupFlow(BaseModel):
    """One consumer group."""

    group: str
    in_flight: bool
    partitions: list[PartitionFlow]


class Flow(BaseModel):
    """What a service answers at `/ops/flow`."""

    service: str
    outbox: int
    busy: bool
    groups: list[GroupFlow]
    dead_letters: int


def is_settled(flow: Flow, ends: Ends) -> bool:
    """Say whether a service has nothing to do up to `ends`."""
    return (
        not flow.busy
        and flow.outbox == 0
        and all(
            not group.in_flight
            and bool(group.partitions)
            and all(
                partition.position >= ends.get((partition.topic, partition.partition), 0)
                for partition in group.partitions
            )
            for group in flow.groups
        )
    )


class Settler:
    """Waits until the whole system has nothing under way."""

    def __init__(
        self,
        ends: Callable[[], Awaitable[Ends]],
        flows: Mapping[str, Callable[[], Awaitable[Flow]]],
        *,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        """Wait on `flows`, by service, with `patience` seconds without any progress."""
        self._ends = ends
        self._flows = flows
        self._patience = patience
        self._assigned: dict[str, set[tuple[str, int]]] = {}
        self.ends: Ends = {}
        """End offsets at the last settling."""
        self.dead_letters: dict[str, int] = {}
        self.polls = 0

    @property
    def events(self) -> int:
        """Records on all topics at the last settling."""
        return sum(self.ends.values())

    async def settle(self) -> None:
        """Return once nothing is under way.

        Raises:
            DemoFailedError: nothing has moved for too long, though work is left.
        """
        before = await self._ends()
        deadline = time.monotonic() + self._patience
        while True:
            for service, flow in self._flows.items():
                while not self._is_settled(await flow(), before):
                    if time.monotonic() > deadline:
                        await self._give_up(service, before, await flow())
                        deadline = time.monotonic() + self._patience
                    await asyncio.sleep(POLL_SECONDS)
                    self.polls += 1
            after = await self._ends()
            if after == before:
                self.ends = after
                return
            before = after
            deadline = time.monotonic() + self._patience

    def _is_settled(self, flow: Flow, ends: Ends) -> bool:
        self.dead_letters[flow.service] = flow.dead_letters
        for group in flow.groups:
            assigned = {(p.topic, p.partition) for p in group.partitions}
            known = self._assigned.setdefault(group.group, set())
            if known - assigned:
                return False  # A rebalance took partitions away; they come back.
            known |= assigned
        return is_settled(flow, ends)

    async def _give_up(self, service: str, ends: Ends, flow: Flow) -> None:
        if await self._ends() != ends:
            return  # Events still arrive: slow, but not stuck.
        behind = sum(
            max(0, ends.get((p.topic, p.partition), 0) - p.position)
            for group in flow.groups
            for p in group.partitions
        )
        raise DemoFailedError(
            f"{service} makes no progress: {flow.outbox} commits in its outbox, "
            f"{behind} records behind, busy: {flow.busy}"
        )
