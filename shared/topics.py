"""The topics of the system: declared here, created on purpose, never by accident."""

from collections.abc import Iterable
from typing import Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code

from shared.settings import Settings

SERVICES: Final = ("identity", "learning", "consent", "retention", "notify")

KEEP_FOR_EVER: Final = {"retention.ms": "-1", "retention.bytes": "-1"}
"""Kafka deletes nothing by time or size: forgetting is done by destroying keys."""


def events_topic(service: str) -> str:
    """Return the topic on which `service` publishes its facts."""
    return f"{service}.events"


def dead_letter_topic(service: str) -> str:
    """Return the topic that keeps what `service` could not process."""
    return f"{service}.dlq"


async def declare_topics(settings: Settings, names: Iterable[str]) -> None:
    """Create the missing topics among `names`, with the configured number of partitions.

    Raises:
        KafkaError: the broker is away or refuses.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap_servers)
    await admin.start()
    try:
        response = await admin.create_topics(
            [
                NewTopic(
                    name=settings.namespace + name,
                    num_partitions=settings.topic_partitions,
                    replication_factor=settings.topic_replicas,
                    topic_configs=KEEP_FOR_EVER,
                )
                for name in names
            ]
        )
        for topic, code, *_ in response.topic_errors:
            error = for_code(code)
            if code and error is not TopicAlreadyExistsError:
                raise error(topic)
    finally:
        await admin.close()
