"""The outbox never lets an event overtake its predecessor, in whatever order commits show up."""

from collections.abc import Sequence

import pytest

from shared.database import Database, Document, MongoClient, encoded
from shared.relay import outbox as module
from shared.relay.outbox import Outbox
from shared.relay.shards import SHARDS, shard_of

ALL = frozenset(range(SHARDS))
NONE: frozenset[int] = frozenset()


def _commit(stream: str, version: int, events: int = 1) -> Document:
    return {
        "_id": f"{stream}-{version:04}",
        "stream": stream,
        "version": version,
        "subject": stream,
        "shard": shard_of(stream),
        "events": [{}] * events,
        "outbox": True,
    }


def _ids(commits: Sequence[Document]) -> list[str]:
    return [commit["_id"] for commit in commits]


@pytest.fixture
def database(mongo: MongoClient) -> Database:
    """The database of one service."""
    return mongo.database("identity")


@pytest.fixture
async def outbox(database: Database) -> Outbox:
    """The outbox of a replica that has found nothing yet."""
    outbox = Outbox(database)
    assert await outbox.next_round(ALL) == []
    return outbox


async def _append(database: Database, *commits: Document) -> None:
    await database.collection("commits").insert_many(list(commits))


async def test_what_was_handed_over_need_not_be_found(outbox: Outbox) -> None:
    outbox.hand_over(encoded(_commit("a", 1)))
    assert _ids(await outbox.next_round(NONE)) == ["a-0001"]
    assert not outbox.has_more


async def test_a_commit_waits_for_a_predecessor_that_another_replica_has_not_published(
    database: Database, outbox: Outbox
) -> None:
    first, second = _commit("a", 1, events=2), _commit("a", 3)
    await _append(database, first, second)
    outbox.hand_over(encoded(second))
    assert await outbox.next_round(NONE) == []
    await outbox.unmark([first])
    outbox.hand_over(encoded(second))
    assert _ids(await outbox.next_round(NONE)) == ["a-0003"]


async def test_a_predecessor_of_its_own_shards_is_found_with_it(
    database: Database, outbox: Outbox
) -> None:
    await _append(database, _commit("a", 1), _commit("a", 2))
    outbox.hand_over(encoded(_commit("a", 2)))
    assert _ids(await outbox.next_round(ALL)) == ["a-0001", "a-0002"]


async def test_a_commit_that_became_visible_behind_the_look_is_not_overtaken(
    database: Database, monkeypatch: pytest.MonkeyPatch, outbox: Outbox
) -> None:
    monkeypatch.setattr(module, "ROUND", 2)
    await _append(database, _commit("b", 1), _commit("c", 1))
    outbox.look()
    assert _ids(await outbox.next_round(ALL)) == ["b-0001", "c-0001"]
    late, next_one = _commit("a", 1), {**_commit("a", 2), "_id": "d"}
    await _append(database, late, next_one)
    assert await outbox.next_round(ALL) == []
    await outbox.unmark([_commit("b", 1), _commit("c", 1)])
    assert _ids(await outbox.next_round(ALL)) == ["a-0001", "d"]


async def test_what_was_found_by_its_mark_is_not_published_again_when_it_is_handed_over(
    database: Database, outbox: Outbox
) -> None:
    await _append(database, _commit("a", 1))
    outbox.look()
    found = await outbox.next_round(ALL)
    outbox.published(found)
    outbox.hand_over(encoded(_commit("a", 1)))
    assert await outbox.next_round(ALL) == []


async def test_only_marked_commits_of_its_own_shards_are_found(
    database: Database, outbox: Outbox
) -> None:
    await _append(database, _commit("a", 1), _commit("b", 1))
    outbox.look()
    assert _ids(await outbox.next_round(ALL - {shard_of("a")})) == ["b-0001"]


async def test_what_is_handed_over_beyond_its_bound_is_let_go_and_found(
    database: Database, monkeypatch: pytest.MonkeyPatch, outbox: Outbox
) -> None:
    monkeypatch.setattr(module, "HANDED_OVER_BYTES", 200)
    commits = [_commit("a", version) for version in range(1, 6)]
    await _append(database, *commits)
    for commit in commits:
        outbox.hand_over(encoded(commit))
    assert outbox.looks_from_the_start
    assert _ids(await outbox.next_round(ALL)) == _ids(commits)
