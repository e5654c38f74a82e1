"""A topic gets more partitions, and everybody's events stay in order."""

from collections import defaultdict
from collections.abc import Sequence

import pytest
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions

from shared.events.base import SubjectId
from shared.settings import Settings
from shared.topic_growth import CannotShrinkError, grow, layout_of
from shared.topics import partitions_of
from tests.integration.kernel.conftest import META, Running, run_sample
from tests.integration.kernel.sample import SignedIn
from tests.waiting import eventually, maintained

TOPIC = "identity.events"
SUBJECTS = [SubjectId(f"subject-{number}") for number in range(12)]


async def _live(running: Running, *versions: int) -> None:
    """Let everybody register, at version 0, or sign in."""
    for version in versions:
        for subject in SUBJECTS:
            if version == 0:
                await running.register(subject)
                continue
            event = SignedIn(learner_id=subject)
            await running.store.append(
                f"learner-{subject}", version, [event], subject=subject, meta=META
            )


async def _all_signed_in(running: Running, times: int) -> None:
    async def done() -> bool:
        people = [await running.person(subject) for subject in SUBJECTS]
        flow = await running.client.get("/ops/flow", headers=running.headers())
        settled: bool = flow.json()["outbox"] == 0 and all(
            one["position"] == one["end"]
            for group in flow.json()["groups"]
            for one in group["partitions"]
        )
        return settled and all(one.get("logins") == times for one in people)

    await eventually(done, seconds=60)


async def _records(settings: Settings) -> list[ConsumerRecord]:
    """Return what a subscriber that begins today finds, partition by partition."""
    count = (await partitions_of(settings, [TOPIC]))[TOPIC]
    places = [TopicPartition(settings.namespace + TOPIC, number) for number in range(count)]
    consumer = AIOKafkaConsumer(bootstrap_servers=settings.kafka_bootstrap_servers)
    async with consumer:
        consumer.assign(places)
        await consumer.seek_to_beginning(*places)
        records = []
        for place, end in (await consumer.end_offsets(places)).items():
            while await consumer.position(place) < end:
                records += (await consumer.getmany(place, timeout_ms=500))[place]
        return records


def _torn(records: Sequence[ConsumerRecord]) -> list[str]:
    """Return whose events are in several partitions, or first appear out of order."""
    partitions: dict[str, set[int]] = defaultdict(set)
    told: dict[str, list[int]] = defaultdict(list)
    for record in records:
        stream = dict(record.headers)["ce_stream"].decode()
        sequence = int(dict(record.headers)["ce_sequence"])
        partitions[stream].add(record.partition)
        if sequence not in told[stream]:
            told[stream].append(sequence)
    return [
        stream
        for stream in told
        if len(partitions[stream]) > 1 or told[stream] != list(range(1, len(told[stream]) + 1))
    ]


async def _sound(running: Running, events: int) -> None:
    records = await _records(running.settings)
    assert _torn(records) == []
    assert len({dict(record.headers)["ce_id"] for record in records}) == events
    verified = await maintained(running.client, running.headers(), "people", "verify")
    assert verified["comparison"]["documents"] == len(SUBJECTS)
    assert verified["comparison"]["examples"] == []
    for subject in SUBJECTS:
        assert await running.greetings(subject) == 1


async def test_a_grown_topic_has_everything_in_order_and_nothing_happens_twice(
    kernel_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with run_sample(kernel_settings, monkeypatch) as before:
        await _live(before, 0, 1)
        await _all_signed_in(before, 1)
    assert await grow(kernel_settings, "identity", 7, lambda _: None) >= 2 * len(SUBJECTS)
    assert (await partitions_of(kernel_settings, [TOPIC]))[TOPIC] == 7
    async with run_sample(kernel_settings, monkeypatch) as after:
        await _live(after, 2)
        await _all_signed_in(after, 2)
        await _sound(after, 3 * len(SUBJECTS))
        used = {record.partition for record in await _records(kernel_settings)}
        assert max(used) > 2


@pytest.mark.parametrize("steps", [1, 2, 3])
async def test_an_interrupted_growth_is_begun_again(
    kernel_settings: Settings, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    async with run_sample(kernel_settings, monkeypatch) as before:
        await _live(before, 0, 1)
        await _all_signed_in(before, 1)
    told: list[str] = []

    def interrupted(step: str) -> None:
        told.append(step)
        if len(told) == steps:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await grow(kernel_settings, "identity", 5, interrupted)
    await grow(kernel_settings, "identity", 5, lambda _: None)
    async with run_sample(kernel_settings, monkeypatch) as after:
        await _live(after, 2)
        await _all_signed_in(after, 2)
        await _sound(after, 3 * len(SUBJECTS))


async def test_partitions_added_in_place_tear_people_apart(
    kernel_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with run_sample(kernel_settings, monkeypatch) as before:
        await _live(before, 0)
        await _all_signed_in(before, 0)
    admin = AIOKafkaAdminClient(bootstrap_servers=kernel_settings.kafka_bootstrap_servers)
    await admin.start()
    try:
        topic = kernel_settings.namespace + TOPIC
        await admin.create_partitions({topic: NewPartitions(total_count=7)})
    finally:
        await admin.close()
    async with run_sample(kernel_settings, monkeypatch) as after:
        await _live(after, 1)

        async def published() -> bool:
            return len(await _records(kernel_settings)) == 2 * len(SUBJECTS)

        await eventually(published)
        assert _torn(await _records(kernel_settings))


async def test_a_topic_never_gets_fewer_partitions_and_a_difference_is_told(
    running: Running, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = running.settings
    with pytest.raises(CannotShrinkError):
        await grow(settings, "identity", 2, lambda _: None)
    meant = settings.model_copy(update={"partitions_by_topic": {TOPIC: 9}})
    (layout,) = await layout_of(meant, [TOPIC])
    assert (layout.actual, layout.configured) == (3, 9)
    monkeypatch.setenv("CARIONEXIQ_PARTITIONS_BY_TOPIC", '{"identity.events": 9}')
    async with run_sample(settings, monkeypatch):
        assert "carionexiq topics grow" in capsys.readouterr().out
