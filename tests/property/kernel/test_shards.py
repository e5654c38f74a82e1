"""The relay's shards come to be shared fairly, and nobody has what another one has."""

from hypothesis import given
from hypothesis import strategies as st

from shared.relay.shards import SHARDS, Owners, fair_share, shard_of, to_give, to_take

REPLICAS = st.sampled_from([f"replica-{number}" for number in range(20)])
LIVING = st.sets(REPLICAS, min_size=1)
OWNERS = st.dictionaries(st.integers(0, SHARDS - 1), REPLICAS)


def _after(replica: str, living: set[str], owners: Owners) -> dict[int, str]:
    given_away = to_give(replica, living, owners)
    kept = {shard: owner for shard, owner in owners.items() if shard not in given_away}
    return kept | dict.fromkeys(to_take(replica, living, kept), replica)


@given(LIVING, OWNERS)
def test_after_two_rounds_every_shard_has_a_living_owner_with_a_fair_share(
    living: set[str], owners: dict[int, str]
) -> None:
    for replica in [*sorted(living), *sorted(living)]:
        owners = _after(replica, living, owners)
    assert sorted(owners) == list(range(SHARDS))
    for replica in living:
        assert sum(owner == replica for owner in owners.values()) == fair_share(replica, living)


@given(LIVING)
def test_the_shares_of_all_make_the_whole(living: set[str]) -> None:
    shares = [fair_share(replica, living) for replica in living]
    assert sum(shares) == SHARDS
    assert max(shares) - min(shares) <= 1


@given(REPLICAS, LIVING, OWNERS)
def test_nobody_takes_what_somebody_living_has(
    replica: str, living: set[str], owners: dict[int, str]
) -> None:
    living = {*living, replica}
    for shard in to_take(replica, living, owners):
        assert owners.get(shard) not in living


@given(st.text())
def test_a_subject_stays_in_its_shard(subject: str) -> None:
    assert shard_of(subject) == shard_of(subject)
    assert 0 <= shard_of(subject) < SHARDS


def test_shards_stay_what_was_recorded_with_commits() -> None:
    assert [shard_of(f"subject-{number}") for number in range(4)] == [5, 3, 9, 15]
