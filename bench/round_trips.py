"""The bare way of a fact: one record sent to Kafka and received, by aiokafka alone."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from time import perf_counter
from typing import Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from shared.ids import new_id

TOPIC: Final = "bare-round-trip"


@asynccontextmanager
async def round_trips(kafka: str) -> AsyncIterator[Callable[[], Awaitable[list[float]]]]:
    """Yield what sends one record and returns the milliseconds until it is received."""
    topic = f"{TOPIC}-{new_id()}"
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    await admin.create_topics([NewTopic(topic, 1, 1)])
    await admin.close()
    producer = AIOKafkaProducer(bootstrap_servers=kafka, acks="all")
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=kafka, auto_offset_reset="earliest")
    async with producer, consumer:

        async def round_trip() -> list[float]:
            began = perf_counter()
            await producer.send_and_wait(topic, b"x")
            await anext(consumer)
            return [(perf_counter() - began) * 1_000]

        yield round_trip
