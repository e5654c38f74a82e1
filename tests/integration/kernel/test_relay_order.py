"""Order and leases when the replicas' clocks disagree."""

import asyncio
from uuid import UUID

import pytest

from shared.database import MongoClient
from shared.event_store import ConcurrencyConflictError
from shared.events.base import SubjectId
from shared.relay.shards import SHARDS
from shared.settings import Settings
from tests.integration.kernel.conftest import META, Running, read_topic, run_sample
from tests.integration.kernel.sample import SignedIn

STREAM = "learner-subject-1"
SUBJECT = SubjectId("subject-1")


async def _sign_in(sample: Running, version: int, times: int = 1) -> None:
    events = [SignedIn(learner_id=SUBJECT)] * times
    await sample.store.append(STREAM, version, events, subject=SUBJECT, meta=META)


async def test_a_lease_whose_holder_has_died_is_taken_over_whatever_any_clock_says(
    kernel_settings: Settings, monkeypatch: pytest.MonkeyPatch, mongo: MongoClient
) -> None:
    leases = mongo.database("identity").collection("leases")
    shards = {str(shard): "dead" for shard in range(SHARDS)}
    await leases.insert_one({"_id": "relay", "members": {"dead": "7"}, "shards": shards})
    async with run_sample(kernel_settings, monkeypatch) as sample:
        await sample.register("subject-1")
        async with asyncio.timeout(30):
            await read_topic(kernel_settings, "identity.events", 1)


async def test_ids_of_a_clock_that_runs_backwards_keep_the_order_of_their_stream(
    kernel_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    backwards = iter(range(999, 0, -1))
    async with run_sample(kernel_settings, monkeypatch) as sample:
        monkeypatch.setattr("shared.ids.new_id", lambda: str(UUID(int=next(backwards))))
        for version in range(5):
            await _sign_in(sample, version)
        await read_topic(kernel_settings, "identity.events", 5)
    monkeypatch.setattr("shared.relay.outbox.ROUND", 2)
    async with run_sample(kernel_settings, monkeypatch) as sample:
        await sample.store.announce_again(STREAM)
        records = await read_topic(kernel_settings, "identity.events", 10)
    sequences = [int(dict(record.headers)["ce_sequence"]) for record in records]
    assert sequences[5:] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("version", [1, 2, 7])
async def test_nothing_is_appended_inside_a_commit_or_ahead_of_the_stream(
    running: Running, version: int
) -> None:
    await _sign_in(running, 0, times=3)
    with pytest.raises(ConcurrencyConflictError):
        await _sign_in(running, version)
    await _sign_in(running, 3)
    assert [record.version for record in await running.store.load(STREAM)] == [1, 2, 3, 4]
