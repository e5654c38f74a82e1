"""The topics of the system: declared here, created on purpose, never by accident."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import TopicAlreadyExistsError, for_code

from shared import telemetry
from shared.settings import Settings

SERVICES: Final = ("identity", "learning", "consent", "retention", "notify")

DEAD_LETTERS: Final = ".dlq"
PULSE: Final = ".pulse"
POLICY: Final = "cleanup.policy"
KEEP_FOR_EVER: Final = {"retention.ms": "-1", "retention.bytes": "-1", "cleanup.policy": "delete"}
"""Kafka deletes nothing by time or size, and compacts nothing: destroying keys is what forgets.

A broker's own default may be to compact, which would leave a person's last event alone.
"""
KEPT_AN_HOUR: Final = {
    "retention.ms": "3600000",
    "segment.ms": "600000",
    "cleanup.policy": "delete",
}
"""Of a pulse only the latest counts; nobody is told of in it."""
LARGEST_DEAD_LETTER_BYTES: Final = 4 * 1024 * 1024
"""A sealed record is larger than the record, and whatever a topic took has to fit."""

log = telemetry.logger(__name__)


class CompactedTopicError(Exception):
    """A topic of ours is compacted: it would lose events, and keep a person's last one for ever."""

    def __init__(self, topic: str) -> None:
        super().__init__(f"topic {topic} has cleanup.policy=compact: set it to delete")


def config_of(name: str) -> dict[str, str]:
    """Return the configuration of the topic called `name`, without namespace."""
    if name.endswith(DEAD_LETTERS):
        return {**KEEP_FOR_EVER, "max.message.bytes": str(LARGEST_DEAD_LETTER_BYTES)}
    if name.endswith(PULSE):
        return dict(KEPT_AN_HOUR)
    return dict(KEEP_FOR_EVER)


def events_topic(service: str) -> str:
    """Return the topic on which `service` publishes its facts."""
    return f"{service}.events"


def dead_letter_topic(service: str) -> str:
    """Return the topic that keeps what `service` could not process."""
    return f"{service}{DEAD_LETTERS}"


async def declare_topics(settings: Settings, names: Iterable[str]) -> None:
    """Create the missing topics among `names`, with the configured number of partitions.

    A topic that has another number keeps it, which is said in the log: to add partitions in place
    would tear the events of people apart.

    Raises:
        CompactedTopicError: one of them exists and is compacted.
        KafkaError: the broker is away or refuses.
    """
    wanted = list(names)
    await _create(settings, {name: settings.partitions_of(name) for name in wanted})
    await _refuse_compaction(settings, wanted)
    for name, actual in (await partitions_of(settings, wanted)).items():
        if actual != (configured := settings.partitions_of(name)):
            log.warning(
                "a topic has another number of partitions: carionexiq topics grow",
                topic=name,
                configured=configured,
                actual=actual,
            )


async def create_topic(settings: Settings, name: str, partitions: int) -> None:
    """Create the topic `name` with so many `partitions`; nothing where there is one already.

    Raises:
        KafkaError: the broker is away or refuses.
    """
    await _create(settings, {name: partitions})


async def partitions_of(settings: Settings, names: Sequence[str]) -> dict[str, int]:
    """Return how many partitions each of `names` has; those that do not exist are left out.

    Raises:
        KafkaError: the broker does not answer.
    """
    full = {settings.namespace + name: name for name in names}
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap_servers)
    await admin.start()
    try:
        described: list[dict[str, Any]] = await admin.describe_topics(list(full))
    finally:
        await admin.close()
    return {
        full[one["topic"]]: len(one["partitions"]) for one in described if one["error_code"] == 0
    }


async def _create(settings: Settings, partitions: Mapping[str, int]) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap_servers)
    await admin.start()
    try:
        response = await admin.create_topics(
            [
                NewTopic(
                    name=settings.namespace + name,
                    num_partitions=count,
                    replication_factor=settings.topic_replicas,
                    topic_configs=config_of(name),
                )
                for name, count in partitions.items()
            ]
        )
        for topic, code, *_ in response.topic_errors:
            error = for_code(code)
            if code and error is not TopicAlreadyExistsError:
                raise error(topic)
    finally:
        await admin.close()


async def _refuse_compaction(settings: Settings, names: Sequence[str]) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap_servers)
    await admin.start()
    try:
        asked = [
            ConfigResource(ConfigResourceType.TOPIC, settings.namespace + name, {POLICY: ""})
            for name in names
        ]
        answers = await admin.describe_configs(asked)
    finally:
        await admin.close()
    for answer in answers:
        for _, _, _, topic, entries in answer.resources:
            policy = {name: value for name, value, *_ in entries}.get(POLICY)
            if policy is not None and "compact" in policy:
                raise CompactedTopicError(topic)
