"""The bare Kafka client: reading a topic, producing records anew."""

from collections.abc import Sequence

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord
from aiokafka.structs import OffsetAndMetadata

from shared.settings import Settings

IN_FLIGHT = 500


async def read_topic(settings: Settings, topic: str, count: int) -> list[ConsumerRecord]:
    """Return the first `count` records of `topic`, waiting for them."""
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=settings.kafka_bootstrap_servers,
        auto_offset_reset="earliest",
    )
    records: list[ConsumerRecord] = []
    async with consumer:
        while len(records) < count:
            for batch in (await consumer.getmany(timeout_ms=500)).values():
                records += batch
    return records[:count]


async def produce(
    producer: AIOKafkaProducer, topic: str, records: Sequence[ConsumerRecord]
) -> None:
    """Send `records` as they are and wait until all are acknowledged."""
    for start in range(0, len(records), IN_FLIGHT):
        futures = [
            await producer.send(topic, record.value, key=record.key, headers=list(record.headers))
            for record in records[start : start + IN_FLIGHT]
        ]
        for future in futures:
            await future


async def begin_at_end(settings: Settings, group: str, topic: str) -> None:
    """Let `group` begin at the end of `topic`: what stands there comes by the rebuild alone."""
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=settings.kafka_bootstrap_servers,
        group_id=settings.namespace + group,
        enable_auto_commit=False,
    )
    async with consumer:
        ends = await consumer.end_offsets(sorted(consumer.assignment()))
        await consumer.commit({place: OffsetAndMetadata(end, "") for place, end in ends.items()})
