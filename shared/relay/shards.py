"""How the relay's work is divided among the replicas of a service: pure arithmetic.

All streams of one subject are in one shard, as they are in one partition.
"""

from collections.abc import Collection, Mapping
from typing import Final
from zlib import crc32

SHARDS: Final = 16

Owners = Mapping[int, str]
"""Which replica has which shard."""


def shard_of(subject: str) -> int:
    """Return the shard of everything about `subject`, from 0 to `SHARDS` - 1."""
    return crc32(subject.encode()) % SHARDS


def fair_share(replica: str, living: Collection[str]) -> int:
    """Return how many shards `replica` should have when those of `living` share them."""
    share, left_over = divmod(SHARDS, len(living))
    return share + (sorted(living).index(replica) < left_over)


def to_give(replica: str, living: Collection[str], owners: Owners) -> frozenset[int]:
    """Return the shards that `replica` has beyond its share."""
    mine = sorted(shard for shard, owner in owners.items() if owner == replica)
    return frozenset(mine[fair_share(replica, living) :])


def to_take(replica: str, living: Collection[str], owners: Owners) -> frozenset[int]:
    """Return the shards nobody living has, as far as they fit into the share of `replica`."""
    mine = sum(owner == replica for owner in owners.values())
    free = [shard for shard in range(SHARDS) if owners.get(shard) not in living]
    return frozenset(free[: max(0, fair_share(replica, living) - mine)])
