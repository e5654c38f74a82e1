"""The topics of the system: declared here, created on purpose, never by accident."""

from collections.abc import Iterable
from typing import Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code

from shared.settings import Settings

SERVICES: Final = ("identity", "learning", "consent", "retention", "notify")

DEAD_LETTERS: Final = ".dlq"
KEEP_FOR_EVER: Final = {"retention.ms": "-1", "retention.bytes": "-1"}
"""Kafka deletes nothing by time or size: forgetting is done by destroying keys."""


LARGEST_DEAD_LETTER_BYTES: Final = 4 * 1024 * 1024
"""A sealed record is larger than the record, and whatever a topic took has to fit."""


def config_of(name: str) -> dict[str, str]:
    """Return the configuration of the topic called `name`, without namespace."""
    if name.endswith(DEAD_LETTERS):
        return {**KEEP_FOR_EVER, "max.message.bytes": str(LARGEST_DEAD_LETTER_BYTES)}
    return dict(KEEP_FOR_EVER)


def events_topic(service: str) -> str:
    """Return the topic on which `service` publishes its facts."""
    return f"{service}.events"


def dead_letter_topic(service: str) -> str:
    """Return the topic that keeps what `service` could not process."""
    return f"{service}{DEAD_LETTERS}"


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
                    topic_configs=config_of(name),
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
