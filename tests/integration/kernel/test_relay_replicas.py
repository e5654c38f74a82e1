"""Replicas relay together, and a topic that lost what it held is filled again."""

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from shared.settings import Settings
from shared.topics import declare_topics
from tests.integration.kernel.conftest import Running, read_topic, run_sample
from tests.waiting import eventually

TOPIC = "identity.events"


async def _ids(settings: Settings, count: int) -> list[str]:
    records = await read_topic(settings, TOPIC, count)
    return [dict(record.headers)["ce_id"].decode() for record in records]


async def test_a_replica_that_has_no_shard_publishes_at_once_what_it_appends(
    kernel_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARIONEXIQ_RELAY_SWEEP_SECONDS", "3600")
    async with (
        run_sample(kernel_settings, monkeypatch) as first,
        run_sample(kernel_settings, monkeypatch) as second,
    ):
        await first.register("subject-1")
        await second.register("subject-2")
        assert len(set(await _ids(kernel_settings, 2))) == 2


async def test_a_topic_that_is_emptied_while_the_relay_runs_is_filled_again(
    running: Running,
) -> None:
    settings = running.settings
    await running.register("subject-1")
    first = await _ids(settings, 1)
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap_servers)
    await admin.start()
    try:
        await admin.delete_topics([settings.namespace + TOPIC])
    finally:
        await admin.close()

    async def declared() -> bool:
        await declare_topics(settings, [TOPIC])
        return True

    await eventually(declared)
    # About the same person, so in the partition whose offsets went back.
    await running.register("subject-1", stream="learner-again")
    ids = await _ids(settings, 3)
    assert first[0] in ids
