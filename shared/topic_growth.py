"""More partitions for a topic, without any person's events changing places half-way.

Adding partitions to a topic sends later events of a person to another partition than earlier ones,
so their order would be lost. Instead the topic is made anew with more partitions and filled from
the store of its service, in order. Every step may be repeated, so an interrupted growth is simply
begun again.
"""

from collections.abc import Callable, Sequence
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import UnknownTopicOrPartitionError, for_code
from pydantic import BaseModel
from tenacity import AsyncRetrying, retry_if_result, stop_after_delay, wait_fixed

from shared.database import MongoClient
from shared.relay.outbox import Outbox
from shared.relay.positions import Positions
from shared.settings import Settings
from shared.topics import SERVICES, create_topic, events_topic, partitions_of

GONE_WITHIN_SECONDS: Final = 60.0
GROUPS: Final = ("reactions", "projections")
"""The consumer groups that a service may have."""

Tell = Callable[[str], None]


class CannotShrinkError(Exception):
    """A topic only ever gets more partitions."""


class TopicLayout(BaseModel):
    """How a topic is laid out, and how it is meant to be."""

    topic: str
    configured: int
    actual: int | None
    """`None` where there is no such topic yet."""


async def layout_of(settings: Settings, topics: list[str]) -> list[TopicLayout]:
    """Return the layout of `topics`, given without namespace.

    Raises:
        KafkaError: the broker does not answer.
    """
    found = await partitions_of(settings, topics)
    return [
        TopicLayout(topic=name, configured=settings.partitions_of(name), actual=found.get(name))
        for name in topics
    ]


async def grow(settings: Settings, service: str, partitions: int, tell: Tell) -> int:
    """Give the topic of `service` so many `partitions`; return how many commits are to be sent.

    No service may run meanwhile: their relays and consumers are to meet the topic as it will be.
    The commits are published when the service is started again, and its subscribers read the topic
    from its beginning, recognising what they had dealt with.

    Raises:
        CannotShrinkError: the topic has more partitions than that.
        KafkaError: the broker is away or refuses; the growth is to be begun again.
        PyMongoError: the database is away; likewise.
    """
    name = events_topic(service)
    (layout,) = await layout_of(settings, [name])
    if layout.actual is not None and layout.actual > partitions:
        raise CannotShrinkError(f"{name} has {layout.actual} partitions")
    client = MongoClient(settings.mongodb_uri, settings.namespace)
    try:
        database = client.database(service)
        tell("every commit is put back into the outbox")
        commits = await Outbox(database).mark_all()
        positions = Positions(database, settings.namespace + name, settings.kafka_bootstrap_servers)
        await positions.forget()
    finally:
        client.close()
    if layout.actual != partitions:
        tell("the topic is deleted, and with it how far its readers were")
        await delete_topic(settings, name)
    tell(f"the topic is made with {partitions} partitions")
    await create_topic(settings, name, partitions)
    await rewind(settings, [name])
    return commits


async def rewind(settings: Settings, names: Sequence[str]) -> None:
    """Let every group of the services read the topics `names` from their beginning.

    Deleting a topic should do it, but a broker that has just started may not get to it, and readers
    would pass over what stands before the place they had reached in the topic that was.

    Raises:
        KafkaError: the broker is away or refuses.
    """
    layouts = await partitions_of(settings, names)
    places = [
        TopicPartition(settings.namespace + name, number)
        for name, count in layouts.items()
        for number in range(count)
    ]
    for group in (f"{service}.{part}" for service in SERVICES for part in GROUPS):
        reader = AIOKafkaConsumer(
            bootstrap_servers=settings.kafka_bootstrap_servers,
            group_id=settings.namespace + group,
            enable_auto_commit=False,
        )
        await reader.start()
        try:
            reader.assign(places)
            reached = {place: await reader.committed(place) for place in places}
            stale = {place: 0 for place, offset in reached.items() if offset}
            if stale:
                await reader.commit(stale)
        finally:
            await reader.stop()


async def delete_topic(settings: Settings, name: str) -> None:
    """Delete the topic `name`, and with it how far its readers were; return when it is gone.

    Raises:
        KafkaError: the broker is away or refuses.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap_servers)
    await admin.start()
    try:
        response = await admin.delete_topics([settings.namespace + name])
        for topic, code, *_ in response.topic_error_codes:
            error = for_code(code)
            if code and error is not UnknownTopicOrPartitionError:
                raise error(topic)
    finally:
        await admin.close()

    async def there() -> bool:
        return bool(await partitions_of(settings, [name]))

    gone = AsyncRetrying(
        retry=retry_if_result(bool),
        stop=stop_after_delay(GONE_WITHIN_SECONDS),
        wait=wait_fixed(0.1),
    )
    await gone(there)
