"""Looking into the dead-letter topic of a service and putting its records back on their way."""

from collections.abc import AsyncIterator, Collection

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from pydantic import BaseModel

from shared.consuming.dead_letters import HEADER_PREFIX
from shared.settings import Settings
from shared.topics import dead_letter_topic


class DeadLetter(BaseModel):
    """One record that could not be processed; its content is not shown."""

    place: str
    """`<partition>/<offset>` in the dead-letter topic: the name by which it is replayed."""
    event_type: str | None
    event_id: str | None
    reason: str
    consumer: str
    origin: str
    """`<topic>/<partition>/<offset>` where it failed."""
    attempts: int
    bytes: int


async def list_dead_letters(settings: Settings, service: str) -> list[DeadLetter]:
    """Return the dead letters of `service`, oldest first.

    Raises:
        KafkaError: the broker does not answer.
    """
    return [_describe(record) async for record in _records(settings, service)]


async def replay_dead_letters(
    settings: Settings, service: str, places: Collection[str] | None = None
) -> int:
    """Send dead letters back to the topics they came from and return how many.

    Subscribers that had processed them recognise the repetition. `places` limits the replay to
    the named ones; `None` replays all. The dead letters themselves stay, as history.

    Raises:
        KafkaError: the broker does not answer; what was sent before stays sent.
    """
    replayed = 0
    async with AIOKafkaProducer(
        bootstrap_servers=settings.kafka_bootstrap_servers, enable_idempotence=True, acks="all"
    ) as producer:
        async for record in _records(settings, service):
            letter = _describe(record)
            if places is not None and letter.place not in places:
                continue
            topic, _, _ = letter.origin.split("/")
            headers = [
                (name, value)
                for name, value in record.headers
                if not name.startswith(HEADER_PREFIX)
            ]
            await producer.send_and_wait(topic, record.value, key=record.key, headers=headers)
            replayed += 1
    return replayed


async def _records(settings: Settings, service: str) -> AsyncIterator[ConsumerRecord]:
    consumer = AIOKafkaConsumer(
        settings.namespace + dead_letter_topic(service),
        bootstrap_servers=settings.kafka_bootstrap_servers,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    async with consumer:
        ends: dict[TopicPartition, int] = await consumer.end_offsets(sorted(consumer.assignment()))
        unread = {partition for partition, end in ends.items() if end > 0}
        while unread:
            for partition, batch in (await consumer.getmany(timeout_ms=500)).items():
                for record in batch:
                    yield record
                if batch[-1].offset + 1 >= ends[partition]:
                    unread.discard(partition)


def _describe(record: ConsumerRecord) -> DeadLetter:
    headers = {name: value.decode(errors="replace") for name, value in record.headers if value}
    origin = "/".join(headers[HEADER_PREFIX + part] for part in ("topic", "partition", "offset"))
    return DeadLetter(
        place=f"{record.partition}/{record.offset}",
        event_type=headers.get("ce_type"),
        event_id=headers.get("ce_id"),
        reason=headers[HEADER_PREFIX + "reason"],
        consumer=headers[HEADER_PREFIX + "consumer"],
        origin=origin,
        attempts=int(headers[HEADER_PREFIX + "attempts"]),
        bytes=len(record.value or b""),
    )
