"""Keeps `Choices` current: the whole of `consent.events` from its beginning, then its news."""

import asyncio
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaConnectionError, KafkaError

from shared import telemetry
from shared.choices.known import Choices
from shared.choices.pulse import PULSE_TOPIC, instant_of
from shared.consuming.envelope import MalformedEventError, NewerEventError, Record, decode
from shared.settings import Settings
from shared.topic_ends import TopicEnds
from shared.topics import events_topic

DECISIONS: Final = events_topic("consent")
POLL_MS: Final = 1_000
RECORDS: Final = 500
NEW_PARTITIONS_SEEN_WITHIN_MS: Final = 30_000
AGAIN_AFTER_SECONDS: Final = 1.0

log = telemetry.logger(__name__)


class ChoicesReader:
    """A reader of its own in each process, without a group: everybody hears everything."""

    def __init__(self, settings: Settings, choices: Choices) -> None:
        self._bootstrap_servers = settings.kafka_bootstrap_servers
        self._decisions = settings.namespace + DECISIONS
        self._pulse = settings.namespace + PULSE_TOPIC
        self._choices = choices
        self._ends = TopicEnds(settings.kafka_bootstrap_servers)
        self._positions: dict[TopicPartition, int] = {}
        self._latest: float | None = None
        self._awaited: tuple[float, dict[TopicPartition, int]] | None = None

    async def run(self) -> None:
        """Read until cancelled; while Kafka is away what is known grows old, and is known to."""
        try:
            while True:
                try:
                    await self._read()
                except KafkaError as error:
                    log.warning("choices not heard", error=type(error).__name__)
                await asyncio.sleep(AGAIN_AFTER_SECONDS)
        finally:
            await self._ends.close()

    async def _read(self) -> None:
        consumer = AIOKafkaConsumer(
            self._decisions,
            self._pulse,
            bootstrap_servers=self._bootstrap_servers,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=POLL_MS,
            metadata_max_age_ms=NEW_PARTITIONS_SEEN_WITHIN_MS,
        )
        try:
            await consumer.start()
            assigned = await self._begin(consumer)
            while True:
                batches = await consumer.getmany(timeout_ms=POLL_MS, max_records=RECORDS)
                if consumer.assignment() != assigned:
                    assigned = await self._begin(consumer)
                    continue
                for partition, records in batches.items():
                    self._take(partition, records)
                await self._confirm()
        finally:
            await consumer.stop()

    async def _begin(self, consumer: AIOKafkaConsumer) -> frozenset[TopicPartition]:
        """Go to the beginning of what was decided, and to the end of the pulse.

        Raises:
            KafkaConnectionError: the broker does not tell where they are.
        """
        assigned = frozenset(consumer.assignment())
        pulses = [one for one in assigned if one.topic == self._pulse]
        decisions = [one for one in assigned if one.topic == self._decisions]
        if not pulses or not decisions or not await consumer.seek_to_end(*pulses):
            raise KafkaConnectionError("the topics of choices are not known yet")
        self._positions = dict(await consumer.beginning_offsets(decisions))
        for partition, first in self._positions.items():
            consumer.seek(partition, first)
        self._latest = self._awaited = None
        return assigned

    def _take(self, partition: TopicPartition, records: list[Record]) -> None:
        for record in records:
            if partition.topic == self._pulse:
                self._latest = max(self._latest or 0.0, instant_of(record.value))
                continue
            try:
                envelope = decode(record)
            except NewerEventError:
                log.warning("a decision of a later release: uses are withheld until an upgrade")
                self._choices.give_up()
            except MalformedEventError as error:
                log.info("no decision of ours", reason=type(error).__name__)
            else:
                if envelope is not None:
                    self._choices.hear(envelope)
            self._positions[partition] = record.offset + 1

    async def _confirm(self) -> None:
        """Confirm the pulse that was heard once everything published before it is taken in.

        Where topics end is asked after the pulse came: all that it speaks of lies before.
        """
        if self._awaited is None and self._latest is not None:
            as_of, self._latest = self._latest, None
            self._awaited = as_of, await self._ends.of(list(self._positions))
        if self._awaited is None:
            return
        as_of, ends = self._awaited
        if all(self._positions[partition] >= end for partition, end in ends.items()):
            self._choices.confirm(as_of)
            self._awaited = None
