"""`dlq list` and `dlq replay`: what could not be processed, and a second chance for it.

The values of the records are never shown: reasons, places and ids are enough to decide.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from rich.table import Table

from deploy.cli.failures import CommandError, console
from deploy.cli.settings import SystemSettings
from shared.consuming.dead_letters import HEADER_PREFIX
from shared.consuming.envelope import Record
from shared.topics import dead_letter_topic

GROUP: Final = "carionexiq.dlq-replay"
ORIGIN: Final = ("topic", "partition", "offset")


def show(settings: SystemSettings, service: str) -> None:
    """Print the dead letters of `service` that were not replayed yet."""
    letters = asyncio.run(_waiting(settings, service))
    table = Table("at", "type", "from", "consumer", "tries", "reason")
    for letter in letters:
        headers = _headers(letter)
        table.add_row(
            f"{letter.partition}/{letter.offset}",
            headers.get("ce_type", "?"),
            "/".join(headers.get(HEADER_PREFIX + part, "?") for part in ORIGIN),
            headers.get(HEADER_PREFIX + "consumer", "?"),
            headers.get(HEADER_PREFIX + "attempts", "?"),
            headers.get(HEADER_PREFIX + "reason", "?"),
        )
    console.print(table if letters else f"no dead letters of {service}")


def replay(settings: SystemSettings, service: str) -> None:
    """Send the dead letters of `service` to the topics they came from, once each.

    Raises:
        CommandError: a record does not tell where it came from.
    """
    count = asyncio.run(_replay(settings, service))
    console.print(f"{count} records sent again")


async def _waiting(settings: SystemSettings, service: str) -> list[Record]:
    async with _reading(settings, service) as consumer:
        return [letter async for letter in _unread(consumer)]


async def _replay(settings: SystemSettings, service: str) -> int:
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.kafka, enable_idempotence=True, acks="all"
    )
    count = 0
    async with _reading(settings, service) as consumer, producer:
        async for letter in _unread(consumer):
            topic = _headers(letter).get(HEADER_PREFIX + "topic")
            if topic is None:
                raise CommandError(f"record {letter.partition}/{letter.offset} tells no origin")
            headers = [(n, v) for n, v in letter.headers if not n.startswith(HEADER_PREFIX)]
            await producer.send_and_wait(topic, letter.value, key=letter.key, headers=headers)
            count += 1
        # Only now: a replay that is cut short is done again, and repetitions are recognised.
        if count:
            await consumer.commit()
    return count


@asynccontextmanager
async def _reading(settings: SystemSettings, service: str) -> AsyncIterator[AIOKafkaConsumer]:
    topic = settings.namespace + dead_letter_topic(service)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka,
        group_id=settings.namespace + GROUP,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    await consumer.start()
    try:
        await consumer.topics()
        partitions = consumer.partitions_for_topic(topic) or ()
        consumer.assign([TopicPartition(topic, number) for number in sorted(partitions)])
        yield consumer
    finally:
        await consumer.stop()


async def _unread(consumer: AIOKafkaConsumer) -> AsyncIterator[Record]:
    """Yield what lies between the committed positions and the ends as they are now."""
    ends = await consumer.end_offsets(sorted(consumer.assignment()))
    unread = {
        partition for partition, end in ends.items() if await consumer.position(partition) < end
    }
    while unread:
        for partition, letters in (await consumer.getmany(timeout_ms=500)).items():
            for letter in letters:
                if letter.offset < ends[partition]:
                    yield letter
            if letters[-1].offset + 1 >= ends[partition]:
                unread.discard(partition)


def _headers(letter: Record) -> dict[str, str]:
    return {name: value.decode() for name, value in letter.headers if value is not None}
