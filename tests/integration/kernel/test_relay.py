"""The relay: at least once, in order, whatever happens between publishing and marking."""

import pytest

from shared.event_store import COLLECTION
from shared.events.base import SubjectId
from shared.settings import Settings
from tests.integration.kernel.conftest import META, Running, read_topic, run_sample
from tests.integration.kernel.sample import SignedIn
from tests.waiting import eventually


async def test_an_append_is_published_with_cloudevents_headers_and_marked(
    running: Running,
) -> None:
    await running.register("subject-1")
    (record,) = await read_topic(running.settings, "identity.events", 1)
    headers = {name: value.decode() for name, value in record.headers}
    assert record.key == b"subject-1"
    assert headers["ce_type"] == "com.carionexiq.LearnerRegistered.v1"
    assert headers["ce_specversion"] == "1.0"
    assert headers["ce_sequence"] == "1"
    assert b"Canari" not in record.value

    async def marked() -> bool:
        return await running.database.collection(COLLECTION).count_documents({"outbox": True}) == 0

    await eventually(marked)


async def test_a_crash_between_publishing_and_marking_doubles_the_record_but_not_the_effect(
    kernel_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with run_sample(kernel_settings, monkeypatch) as before:
        await before.register("subject-1")
        await before.store.append(
            "learner-subject-1",
            1,
            [SignedIn(learner_id=SubjectId("subject-1"))],
            subject=SubjectId("subject-1"),
            meta=META,
        )
        await read_topic(kernel_settings, "identity.events", 2)

        async def done() -> bool:
            person = await before.person("subject-1")
            return person.get("logins") == 1 and await before.greetings("subject-1") == 1

        await eventually(done)
    async with run_sample(kernel_settings, monkeypatch) as after:
        # What a crash after Kafka's acknowledgement leaves behind: commits still in the outbox.
        await after.store.announce_again("learner-subject-1")
        records = await read_topic(kernel_settings, "identity.events", 4)
        ids = [dict(record.headers)["ce_id"] for record in records]
        assert len(set(ids)) == 2

        async def caught_up() -> bool:
            flow = (await after.client.get("/ops/flow", headers=after.headers())).json()
            return flow["outbox"] == 0 and all(
                partition["position"] == partition["end"]
                for group in flow["groups"]
                for partition in group["partitions"]
            )

        await eventually(caught_up)
        assert (await after.person("subject-1"))["logins"] == 1
        assert await after.greetings("subject-1") == 1


async def test_many_commits_of_one_stream_are_published_in_version_order(
    running: Running,
) -> None:
    subject = SubjectId("subject-1")
    for version in range(40):
        await running.store.append(
            "learner-subject-1",
            version,
            [SignedIn(learner_id=subject)],
            subject=subject,
            meta=META,
        )
    records = await read_topic(running.settings, "identity.events", 40)
    sequences = [int(dict(record.headers)["ce_sequence"]) for record in records]
    assert sequences == list(range(1, 41))


async def test_a_topic_that_lost_acknowledged_events_is_filled_again_from_the_store(
    kernel_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with run_sample(kernel_settings, monkeypatch) as before:
        await before.register("subject-1")
        await read_topic(kernel_settings, "identity.events", 1)

        async def recorded() -> bool:
            positions = before.database.collection("relay_positions")
            return await positions.count_documents({}) == 1

        await eventually(recorded)
        # As if the broker had acknowledged more than it now holds.
        await before.database.collection("relay_positions").update_many(
            {}, {"$set": {"offsets.0": 7, "offsets.1": 7, "offsets.2": 7}}
        )
    async with run_sample(kernel_settings, monkeypatch):
        records = await read_topic(kernel_settings, "identity.events", 2)
    assert len({dict(record.headers)["ce_id"] for record in records}) == 1
