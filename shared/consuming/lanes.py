"""Lanes: the records of one key in their order, those of several at the same time.

What waits for its next attempt is set aside: it holds up neither others nor those who come later,
and its partition is not acknowledged beyond it.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Final

from aiokafka import TopicPartition

from shared.consuming.envelope import Record

MOST_WAITING: Final = 500
"""Records set aside, and behind those in their lanes, before nobody new is taken in."""
MOST_WAITING_BYTES: Final = 16 * 1024 * 1024


class Lane:
    """The records of one key that are not finished, the one being worked on first."""

    def __init__(self) -> None:
        self.records: deque[Record] = deque()
        self.aside = asyncio.Event()
        """Set once nobody is to wait for the lane: it is through, or waits to try again."""
        self.task: asyncio.Task[None] | None = None

    async def pause(self, seconds: float) -> None:
        """Step aside for `seconds`."""
        self.aside.set()
        await asyncio.sleep(seconds)


Work = Callable[[Record, Lane], Awaitable[None]]
"""Deals with a record for good, in the lane it is in; raises nothing."""


class Lanes:
    """All that a consumer has taken in and not finished."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._lanes: dict[bytes | None, Lane] = {}
        self._finished = asyncio.Event()
        self.on_finished: Callable[[], None] = lambda: None
        """Called when a lane that had stepped aside is through."""

    async def take(self, records: Sequence[Record]) -> None:
        """Work on `records`; return when each is finished or set aside, and there is room."""
        touched: dict[bytes | None, Lane] = {}
        for record in records:
            lane = touched[record.key] = self._lane_of(record.key)
            lane.records.append(record)
        for lane in touched.values():
            await lane.aside.wait()
        while self._is_full():
            self._finished.clear()
            await self._finished.wait()

    def unfinished(self) -> dict[TopicPartition, int]:
        """Return for each partition the offset of the first record that is not finished."""
        first: dict[TopicPartition, int] = {}
        for lane in self._lanes.values():
            for record in lane.records:
                place = TopicPartition(record.topic, record.partition)
                first[place] = min(first.get(place, record.offset), record.offset)
        return first

    def forget(self, partitions: Collection[TopicPartition]) -> None:
        """Hand back what is of `partitions`: it was not acknowledged, and comes again."""
        for key, lane in list(self._lanes.items()):
            lane.records = deque(
                record
                for record in lane.records
                if TopicPartition(record.topic, record.partition) not in partitions
            )
            # Who is still waited for is finished; what comes again is then recognised.
            if not lane.records and lane.aside.is_set() and lane.task is not None:
                lane.task.cancel()
                del self._lanes[key]
        self._finished.set()

    def stop(self) -> None:
        """Work on nothing any more; it all stays unfinished."""
        for lane in self._lanes.values():
            if lane.task is not None:
                lane.task.cancel()

    def _lane_of(self, key: bytes | None) -> Lane:
        lane = self._lanes.get(key)
        if lane is None:
            lane = self._lanes[key] = Lane()
            lane.task = asyncio.create_task(self._run(key, lane), name="lane")
        return lane

    async def _run(self, key: bytes | None, lane: Lane) -> None:
        while lane.records:
            record = lane.records[0]
            await self._work(record, lane)
            if lane.records and lane.records[0] is record:
                lane.records.popleft()
        del self._lanes[key]
        was_aside = lane.aside.is_set()
        lane.aside.set()
        self._finished.set()
        if was_aside:
            self.on_finished()

    def _is_full(self) -> bool:
        waiting = [record for lane in self._lanes.values() for record in lane.records]
        size = sum(len(record.value or b"") for record in waiting)
        return len(waiting) > MOST_WAITING or size > MOST_WAITING_BYTES
