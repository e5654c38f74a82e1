"""No topic of ours is compacted, whatever the broker or somebody on it prefers."""

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from shared.settings import Settings
from shared.topics import POLICY, CompactedTopicError, declare_topics


async def policy_of(settings: Settings, topic: str) -> str:
    """Return what the broker does with old records of `topic`."""
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap_servers)
    await admin.start()
    try:
        asked = ConfigResource(ConfigResourceType.TOPIC, settings.namespace + topic, {POLICY: ""})
        (answer,) = await admin.describe_configs([asked])
    finally:
        await admin.close()
    ((_, _, _, _, entries),) = answer.resources
    return str({name: value for name, value, *_ in entries}[POLICY])


@pytest.mark.promise("C2.11")
async def test_topics_are_declared_without_compaction(kernel_settings: Settings) -> None:
    await declare_topics(kernel_settings, ["identity.events", "identity.dlq"])
    for topic in ("identity.events", "identity.dlq"):
        assert await policy_of(kernel_settings, topic) == "delete"


@pytest.mark.promise("C2.11")
@pytest.mark.parametrize("policy", ["compact", "compact,delete"])
async def test_a_service_refuses_to_start_on_a_compacted_topic(
    kernel_settings: Settings, policy: str
) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kernel_settings.kafka_bootstrap_servers)
    await admin.start()
    name = kernel_settings.namespace + "learning.events"
    try:
        await admin.create_topics([NewTopic(name, 1, 1, topic_configs={POLICY: policy})])
    finally:
        await admin.close()
    with pytest.raises(CompactedTopicError, match=r"learning\.events has cleanup\.policy=compact"):
        await declare_topics(kernel_settings, ["learning.events"])
