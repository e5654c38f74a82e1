"""Leases of the relay's shards, between replicas that never compare clocks."""

import random

import pytest

from shared.database import MongoClient
from shared.relay import leases
from shared.relay.leases import LENGTH_SECONDS, RENEWED_AFTER_SECONDS, ShardLeases
from shared.relay.shards import SHARDS

ALL = frozenset(range(SHARDS))


class Time:
    """The monotonic clock of the machine, moved by hand."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    """A clock that all replicas of a test look at."""
    clock = Time()
    monkeypatch.setattr(leases, "_now", clock)
    return clock


@pytest.fixture
def replicas(mongo: MongoClient, time: Time) -> list[ShardLeases]:
    """Three replicas of one service."""
    del time
    collection = mongo.database("identity").collection("leases")
    return [ShardLeases(collection) for _ in range(3)]


async def _beat(time: Time, *replicas: ShardLeases) -> None:
    time.at += RENEWED_AFTER_SECONDS
    for replica in replicas:
        await replica.hold()


async def test_one_alone_has_every_shard(replicas: list[ShardLeases]) -> None:
    await replicas[0].hold()
    assert replicas[0].shards == ALL
    assert replicas[0].valid


async def test_replicas_share_without_two_ever_having_the_same(
    replicas: list[ShardLeases], time: Time
) -> None:
    for _ in range(4):
        await _beat(time, *replicas)
        held = [shard for replica in replicas for shard in replica.shards]
        assert len(held) == len(set(held))
    assert frozenset().union(*(replica.shards for replica in replicas)) == ALL
    assert sorted(len(replica.shards) for replica in replicas) == [5, 5, 6]


async def test_what_a_replica_leaves_is_taken_at_the_next_beat(
    replicas: list[ShardLeases], time: Time
) -> None:
    first, second, _ = replicas
    await first.hold()
    await first.release()
    assert not first.valid
    await _beat(time, second)
    assert second.shards == ALL


async def test_who_fell_silent_loses_everything_and_knows_it_before(
    replicas: list[ShardLeases], time: Time
) -> None:
    first, second, _ = replicas
    await first.hold()
    await second.hold()
    assert not second.shards
    time.at += LENGTH_SECONDS - 0.5
    assert not first.valid
    await second.hold()
    assert not second.shards
    time.at += LENGTH_SECONDS
    await second.hold()
    assert second.shards == ALL
    await _beat(time, first)
    assert not first.shards
    await _beat(time, second, first, second, first)
    await _beat(time, second, first)
    assert (len(first.shards), len(second.shards)) == (8, 8)
    assert not first.shards & second.shards


@pytest.mark.parametrize("seed", range(5))
async def test_whoever_freezes_leaves_or_comes_back_no_shard_is_ever_relied_on_by_two(
    replicas: list[ShardLeases], time: Time, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - an order of events, not a secret
    for _ in range(150):
        time.at += chance.choice([0.1, 1, RENEWED_AFTER_SECONDS, 4, LENGTH_SECONDS + 1])
        replica = chance.choice(replicas)
        await (replica.release() if chance.random() < 0.05 else replica.hold())
        relied_on = [shard for one in replicas if one.valid for shard in one.shards]
        assert len(relied_on) == len(set(relied_on))
    for _ in range(8):
        await _beat(time, *replicas)
    assert sorted(len(replica.shards) for replica in replicas) == [5, 5, 6]
