"""The dead-letter topic: what could not be processed, with the reason, and losing nothing."""

from typing import Final

from aiokafka import AIOKafkaProducer

from shared import telemetry
from shared.consuming.envelope import Record

HEADER_PREFIX: Final = "dlq_"

log = telemetry.logger(__name__)


class DeadLetters:
    """Publishes failed records of one service to its dead-letter topic."""

    def __init__(self, topic: str, producer: AIOKafkaProducer) -> None:
        self._topic = topic
        self._producer = producer
        self.count = 0

    async def put(self, record: Record, *, consumer: str, reason: str, attempts: int) -> None:
        """Keep `record` as it came, with why and where from; return once Kafka has it.

        Args:
            record: the failed record.
            consumer: group that failed on it.
            reason: type of the defect, never its content.
            attempts: how often it was tried.

        Raises:
            KafkaError: it could not be kept; the caller must not go past the record.
        """
        history = {
            "reason": reason,
            "consumer": consumer,
            "topic": record.topic,
            "partition": str(record.partition),
            "offset": str(record.offset),
            "attempts": str(attempts),
        }
        headers = [
            *((name, value) for name, value in record.headers if value is not None),
            *((HEADER_PREFIX + name, value.encode()) for name, value in history.items()),
        ]
        await self._producer.send_and_wait(
            self._topic, record.value, key=record.key, headers=headers
        )
        self.count += 1
        telemetry.dead_letters.add(1, {"consumer": consumer})
        log.error("dead letter", **history)
