"""The pulse of consent: up to when every decision is on `consent.events`, a few times a second.

Silence on a topic proves nothing: nobody may have decided, or consent may not get through. So
consent looks at its outbox, waits until what stood in it has been acknowledged by Kafka, and tells
the instant at which it looked. Any process of the service may tell it; the latest counts.
"""

import asyncio
from typing import Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared import telemetry
from shared.choices.instant import instant
from shared.database import Database, PyMongoError
from shared.event_store import COLLECTION
from shared.settings import Settings

PULSE_TOPIC: Final = "consent.pulse"
EVERY_SECONDS: Final = 0.3
LOOK_AGAIN_SECONDS: Final = 0.02
MOST_WAITING: Final = 2_000
"""Commits in the outbox beyond which it is not looked through: consent is behind, and silent."""
AGAIN_AFTER_SECONDS: Final = 1.0

log = telemetry.logger(__name__)


def pulse_at(as_of: float) -> bytes:
    """Return the record that tells of `as_of`, seconds since the epoch."""
    return f"{as_of:.6f}".encode()


def instant_of(value: bytes | None) -> float:
    """Return the instant that a record tells of; the epoch where it tells of none."""
    try:
        return float(value or b"0")
    except ValueError:
        return 0.0


class Pulse:
    """Tells of what has been published."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._bootstrap_servers = settings.kafka_bootstrap_servers
        self._topic = settings.namespace + PULSE_TOPIC
        self._commits = database.collection(COLLECTION)

    async def run(self) -> None:
        """Tell until cancelled; while an engine is away there is nothing to tell."""
        while True:
            producer = AIOKafkaProducer(
                bootstrap_servers=self._bootstrap_servers, enable_idempotence=True, acks="all"
            )
            try:
                await producer.start()
                while True:
                    await self._beat(producer)
                    await asyncio.sleep(EVERY_SECONDS)
            except (KafkaError, PyMongoError) as error:
                log.warning("no pulse", error=type(error).__name__)
            finally:
                await producer.stop()
            await asyncio.sleep(AGAIN_AFTER_SECONDS)

    async def _beat(self, producer: AIOKafkaProducer) -> None:
        as_of = instant()
        waiting = await self._waiting({"outbox": True})
        if len(waiting) >= MOST_WAITING:
            return
        while waiting:
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
            waiting = await self._waiting({"outbox": True, "_id": {"$in": waiting}})
        await producer.send_and_wait(self._topic, pulse_at(as_of))

    async def _waiting(self, query: dict[str, object]) -> list[str]:
        cursor = self._commits.find(query, {"_id": 1})
        return [document["_id"] for document in await cursor.to_list(MOST_WAITING)]
