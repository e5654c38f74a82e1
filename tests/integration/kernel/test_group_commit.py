"""Group commit: many documents in one write, each with an outcome of its own."""

import asyncio

import pytest

from shared.database import DuplicateKeyError, MongoClient
from shared.group_commit import GroupCommit


async def test_each_of_a_group_gets_its_own_outcome(mongo: MongoClient) -> None:
    collection = mongo.database("group").collection("documents")
    inserts = GroupCommit(collection)
    outcomes = await asyncio.gather(
        *(inserts.insert({"_id": number % 40}) for number in range(80)), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [type(None)] * 40 + [DuplicateKeyError] * 40
    assert await collection.count_documents({}) == 40


async def test_who_gives_up_waiting_leaves_the_others_alone(mongo: MongoClient) -> None:
    collection = mongo.database("group").collection("documents")
    inserts = GroupCommit(collection)
    waiting = [asyncio.create_task(inserts.insert({"_id": number})) for number in range(10)]
    await asyncio.sleep(0)
    waiting[5].cancel()
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert sum(outcome is None for outcome in outcomes) == 9
    assert isinstance(outcomes[5], asyncio.CancelledError)


async def test_after_a_refusal_the_next_one_is_written(mongo: MongoClient) -> None:
    inserts = GroupCommit(mongo.database("group").collection("documents"))
    await inserts.insert({"_id": 1})
    with pytest.raises(DuplicateKeyError):
        await inserts.insert({"_id": 1})
    await inserts.insert({"_id": 2})
