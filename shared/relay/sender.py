"""Sending commits to a topic: whole producer batches, one under way per partition.

A batch is written whole or not at all, and the next one follows its acknowledgement: whatever fails
in between, no event overtakes an earlier one of its stream.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

from aiokafka import AIOKafkaProducer
from aiokafka.partitioner import DefaultPartitioner
from aiokafka.producer.message_accumulator import BatchBuilder

from shared import telemetry
from shared.consuming.envelope import encode
from shared.database import Document
from shared.event_store import RecordedEvent, recorded_events
from shared.events.base import Event, PublicEvent
from shared.events.registry import EventTypes

BATCH_BYTES: Final = 256 * 1024
"""Size of a producer batch; several events share a request."""
SUBJECTS_REMEMBERED: Final = 10_000

Publish = Callable[[RecordedEvent], PublicEvent | Sequence[PublicEvent] | None]

Message = tuple[bytes, bytes, list[tuple[str, bytes]]]
"""Key, value and headers of a record."""


class LeaseLostError(Exception):
    """Another replica may be relaying by now."""


class Sender:
    """Publishes what a service's commits tell the others."""

    def __init__(
        self,
        service: str,
        topic: str,
        types: EventTypes[Event],
        publish: Publish,
        producer: AIOKafkaProducer,
        may_send: Callable[[], bool],
    ) -> None:
        """Send to `topic` as long as `may_send`, which is asked before each batch."""
        self._service = service
        self._topic = topic
        self._types = types
        self._publish = publish
        self._producer = producer
        self._may_send = may_send
        self._partition_of = lru_cache(SUBJECTS_REMEMBERED)(_partition_of)

    async def send(self, commits: Sequence[Document]) -> dict[int, int]:
        """Publish `commits` in their order; return the last offset by partition.

        Raises:
            LeaseLostError: it may not send any more; what was not yet sent was left alone.
            KafkaError: Kafka did not acknowledge everything.
        """
        messages = await self._messages(commits)
        outcomes = await asyncio.gather(
            *(self._send(partition, those) for partition, those in messages.items()),
            return_exceptions=True,
        )
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
        telemetry.events_published.add(sum(map(len, messages.values())))
        return {
            partition: offset
            for partition, offset in zip(messages, outcomes, strict=True)
            if isinstance(offset, int)
        }

    async def _messages(self, commits: Sequence[Document]) -> dict[int, list[Message]]:
        """Return what is to be published of `commits`, in order, by partition."""
        partitions = tuple(sorted(await self._producer.partitions_for(self._topic)))
        messages: dict[int, list[Message]] = defaultdict(list)
        for commit in commits:
            traceparent = commit["meta"].get("traceparent")
            for record in recorded_events(commit, self._types):
                partition = self._partition_of(record.subject, partitions)
                for event in _as_sequence(self._publish(record)):
                    messages[partition].append(encode(self._service, record, event, traceparent))
        return messages

    async def _send(self, partition: int, messages: Sequence[Message]) -> int:
        """Send `messages` in order and return the offset of the last one."""
        batch = self._producer.create_batch()
        last = -1
        for key, value, headers in messages:
            if batch.append(timestamp=None, key=key, value=value, headers=headers) is None:
                last = await self._deliver(batch, partition)
                batch = self._producer.create_batch()
                batch.append(timestamp=None, key=key, value=value, headers=headers)
        if batch.record_count():
            last = await self._deliver(batch, partition)
        return last

    async def _deliver(self, batch: BatchBuilder, partition: int) -> int:
        if not self._may_send():
            raise LeaseLostError
        count = batch.record_count()
        sent = await (await self._producer.send_batch(batch, self._topic, partition=partition))
        last: int = sent.offset + count - 1
        return last


def _partition_of(subject: str, partitions: tuple[int, ...]) -> int:
    partition: int = DefaultPartitioner()(subject.encode(), list(partitions), list(partitions))
    return partition


def _as_sequence(events: PublicEvent | Sequence[PublicEvent] | None) -> Sequence[PublicEvent]:
    if events is None:
        return ()
    return (events,) if isinstance(events, PublicEvent) else events
