"""Lanes: order for one key, nobody held up by another, unfinished is unacknowledged."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from aiokafka import TopicPartition
from hypothesis import given
from hypothesis import strategies as st

from shared.consuming.envelope import Record
from shared.consuming.lanes import MOST_WAITING, Lane, Lanes

PLACES = [TopicPartition("a.events", 0), TopicPartition("a.events", 1)]


@dataclass(frozen=True)
class Taken:
    """A record without content."""

    key: bytes
    offset: int
    partition: int = 0
    topic: str = "a.events"
    value: bytes | None = None
    headers: Sequence[tuple[str, bytes | None]] = ()


@dataclass
class Worker:
    """Finishes each record after as many pauses as it is told."""

    pauses: dict[tuple[int, int], int] = field(default_factory=dict)
    """How often a record steps aside, by partition and offset; others never do."""
    open: asyncio.Event = field(default_factory=asyncio.Event)
    """Nobody who has stepped aside goes on before."""
    done: list[tuple[bytes | None, int, int]] = field(default_factory=list)
    told: int = 0

    def __post_init__(self) -> None:
        self.lanes = Lanes(self.work)
        self.lanes.on_finished = self.tell

    def tell(self) -> None:
        self.told += 1

    async def work(self, record: Record, lane: Lane) -> None:
        for _ in range(self.pauses.get((record.partition, record.offset), 0)):
            await lane.pause(0)
            await self.open.wait()
        self.done.append((record.key, record.partition, record.offset))

    async def finished(self) -> None:
        self.open.set()
        async with asyncio.timeout(5):
            while self.lanes.unfinished():  # noqa: ASYNC110 - asked after every step
                await asyncio.sleep(0)

    @property
    def offsets(self) -> list[int]:
        return [offset for _, _, offset in self.done]


async def test_what_steps_aside_holds_up_only_its_own_key_also_in_later_batches() -> None:
    worker = Worker({(0, 0): 2})
    await worker.lanes.take([Taken(b"x", 0), Taken(b"y", 1), Taken(b"x", 2)])
    assert worker.offsets == [1]
    await worker.lanes.take([Taken(b"x", 3), Taken(b"y", 4)])
    assert worker.offsets == [1, 4]
    assert worker.lanes.unfinished() == {PLACES[0]: 0}
    await worker.finished()
    assert worker.offsets == [1, 4, 0, 2, 3]
    assert worker.told == 1


async def test_who_never_stepped_aside_is_waited_for_and_tells_nobody() -> None:
    worker = Worker()
    await worker.lanes.take([Taken(b"x", 0), Taken(b"y", 1)])
    assert (sorted(worker.offsets), worker.lanes.unfinished(), worker.told) == ([0, 1], {}, 0)


async def test_what_is_of_revoked_partitions_is_handed_back_and_comes_again() -> None:
    worker = Worker({(0, 0): 1, (1, 0): 1})
    await worker.lanes.take([Taken(b"x", 0), Taken(b"y", 0, partition=1)])
    worker.lanes.forget([PLACES[0]])
    assert worker.lanes.unfinished() == {PLACES[1]: 0}
    await worker.lanes.take([Taken(b"x", 0)])
    assert worker.lanes.unfinished() == {PLACES[0]: 0, PLACES[1]: 0}
    await worker.finished()
    assert sorted(worker.done) == [(b"x", 0, 0), (b"y", 1, 0)]


async def test_a_key_on_two_partitions_keeps_what_was_not_revoked() -> None:
    worker = Worker({(0, 0): 1})
    await worker.lanes.take([Taken(b"x", 0), Taken(b"x", 7, partition=1)])
    worker.lanes.forget([PLACES[0]])
    assert worker.lanes.unfinished() == {PLACES[1]: 7}
    await worker.finished()
    assert (b"x", 1, 7) in worker.done


async def test_nothing_is_finished_by_a_stop() -> None:
    worker = Worker({(0, 0): 1})
    await worker.lanes.take([Taken(b"x", 0), Taken(b"x", 1)])
    worker.lanes.stop()
    worker.open.set()
    for _ in range(10):
        await asyncio.sleep(0)
    assert worker.done == []
    assert worker.lanes.unfinished() == {PLACES[0]: 0}


async def test_nobody_new_is_taken_in_while_too_much_waits() -> None:
    worker = Worker({(0, offset): 1 for offset in range(MOST_WAITING + 1)})
    many = [Taken(str(offset).encode(), offset) for offset in range(MOST_WAITING + 1)]
    taking = asyncio.create_task(worker.lanes.take(many))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await asyncio.shield(taking)
    await worker.finished()
    await taking


records = st.lists(
    st.tuples(st.sampled_from([b"x", b"y", b"z"]), st.integers(0, 1), st.integers(0, 2)),
    max_size=12,
)


@given(batches=st.lists(records, max_size=4))
def test_order_is_kept_and_nothing_below_what_is_unfinished_is_missing(
    batches: list[list[tuple[bytes, int, int]]],
) -> None:
    async def run() -> None:
        worker = Worker()
        worker.open.set()
        ends = [0, 0]
        expected: list[Taken] = []
        for batch in batches:
            taken = []
            for key, partition, pauses in batch:
                taken.append(Taken(key, ends[partition], partition))
                worker.pauses[partition, ends[partition]] = pauses
                ends[partition] += 1
            expected += taken
            await worker.lanes.take(taken)
            unfinished = worker.lanes.unfinished()
            done = {(partition, offset) for _, partition, offset in worker.done}
            for place in PLACES:
                upto = unfinished.get(place, ends[place.partition])
                assert done >= {(place.partition, offset) for offset in range(upto)}
        await worker.finished()
        for key in (b"x", b"y", b"z"):
            mine = [(r.partition, r.offset) for r in expected if r.key == key]
            assert [(p, o) for k, p, o in worker.done if k == key] == mine

    asyncio.run(run())
