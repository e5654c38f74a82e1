"""Which partitions a rebuild reads together, so that each person's facts meet in time order."""

import pytest
from aiokafka import TopicPartition

from shared.consuming.history import side_by_side


def ends(**partitions: int) -> dict[TopicPartition, int]:
    return {
        TopicPartition(topic, number): 10 * number
        for topic, count in partitions.items()
        for number in range(count)
    }


def test_topics_alike_are_read_place_by_place() -> None:
    assert side_by_side(ends(identity=3, learning=3)) == [
        {TopicPartition("identity", n): 10 * n, TopicPartition("learning", n): 10 * n}
        for n in range(3)
    ]


@pytest.mark.parametrize("learning", [2, 6])
def test_topics_that_differ_are_read_as_a_whole(learning: int) -> None:
    everything = ends(identity=3, learning=learning)
    assert side_by_side(everything) == [everything]


def test_nothing_is_read_of_no_topic() -> None:
    assert side_by_side({}) == []
