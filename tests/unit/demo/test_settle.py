"""Settled means that nothing can be under way, not that it looks quiet."""

from collections.abc import Awaitable, Callable, Iterator

import pytest

from deploy.demo.drive.errors import DemoFailedError
from deploy.demo.drive.settle import Ends, Flow, GroupFlow, PartitionFlow, Settler, is_settled

TOPIC = ("identity.events", 0)


def flow(
    position: int = 5,
    *,
    outbox: int = 0,
    busy: bool = False,
    in_flight: bool = False,
    assigned: bool = True,
) -> Flow:
    partitions = [PartitionFlow(topic=TOPIC[0], partition=TOPIC[1], position=position)]
    group = GroupFlow(
        group="learning.reactions", in_flight=in_flight, partitions=partitions if assigned else []
    )
    return Flow(service="learning", outbox=outbox, busy=busy, groups=[group], dead_letters=0)


def given(*flows: Flow) -> Callable[[], Awaitable[Flow]]:
    answers: Iterator[Flow] = iter(flows)
    last = flows[-1]

    async def answer() -> Flow:
        return next(answers, last)

    return answer


def given_ends(*ends: int) -> Callable[[], Awaitable[Ends]]:
    answers = iter(ends)

    async def answer() -> Ends:
        return {TOPIC: next(answers, ends[-1])}

    return answer


def test_a_service_that_read_everything_and_owes_nothing_is_settled() -> None:
    assert is_settled(flow(), {TOPIC: 5})


@pytest.mark.parametrize(
    "state",
    [
        flow(4),
        flow(outbox=1),
        flow(busy=True),
        flow(in_flight=True),
        flow(assigned=False),
    ],
)
def test_anything_left_to_do_keeps_a_service_from_being_settled(state: Flow) -> None:
    assert not is_settled(state, {TOPIC: 5})


async def test_settling_waits_for_positions_and_outboxes() -> None:
    settler = Settler(
        given_ends(5), {"learning": given(flow(3), flow(5, outbox=1), flow(5, busy=True), flow(5))}
    )
    await settler.settle()
    assert settler.polls == 3
    assert settler.events == 5


async def test_events_that_arrive_during_the_check_start_it_anew() -> None:
    settler = Settler(given_ends(5, 6, 6), {"learning": given(flow(5), flow(5), flow(6))})
    await settler.settle()
    assert settler.events == 6


async def test_a_group_whose_partitions_were_taken_away_is_waited_for() -> None:
    two = GroupFlow(
        group="g",
        in_flight=False,
        partitions=[
            PartitionFlow(topic=TOPIC[0], partition=number, position=9) for number in (0, 1)
        ],
    )
    one = two.model_copy(update={"partitions": two.partitions[:1]})
    full = flow().model_copy(update={"groups": [two]})
    cut = flow().model_copy(update={"groups": [one]})
    settler = Settler(given_ends(5), {"learning": given(full, cut, cut, full)})
    await settler.settle()
    assert settler.polls == 0
    await settler.settle()
    assert settler.polls == 2


async def test_no_progress_stops_with_one_line_that_names_the_service() -> None:
    settler = Settler(given_ends(5), {"learning": given(flow(3, outbox=2))}, patience=0.05)
    with pytest.raises(DemoFailedError, match=r"learning makes no progress: 2 commits.*2 records"):
        await settler.settle()
