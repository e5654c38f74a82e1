"""What every process hears, not one of its group: the news of topics from now on.

A reader without a group: nothing is acknowledged, and what was missed is told as missed, but for
the last moments, which are read again. It suits news about what a process holds in its memory.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaConnectionError, KafkaError

from shared import telemetry
from shared.clock import SystemClock
from shared.consuming.envelope import Envelope, MalformedEventError, NewerEventError, decode
from shared.settings import Settings

POLL_MS: Final = 2_000
"""How long a poll waits for the first record; it ends at once when there is one."""
NEW_PARTITIONS_SEEN_WITHIN_MS: Final = 30_000

log = telemetry.logger(__name__)


class Broadcast:
    """Reads all partitions of topics from their ends on, also those that are added later."""

    def __init__(
        self,
        topics: Sequence[str],
        settings: Settings,
        *,
        hear: Callable[[Envelope], None],
        missed: Callable[[], None],
        lately: timedelta = timedelta(0),
    ) -> None:
        """Hear the news of `topics`.

        Args:
            topics: their names, without the namespace.
            settings: the service's.
            hear: takes each event; events that cannot be read are left to the consumer groups.
            missed: called when reading begins, also anew: something may have passed unheard.
            lately: how far before their ends reading begins, by the broker's time.
        """
        self._topics = [settings.namespace + topic for topic in topics]
        self._lately = lately
        self._bootstrap_servers = settings.kafka_bootstrap_servers
        self._hear = hear
        self._missed = missed
        self._consumer: AIOKafkaConsumer | None = None
        self._heard: frozenset[TopicPartition] = frozenset()

    async def start(self) -> None:
        """Connect, and return once nothing that is published from now on is missed.

        Raises:
            KafkaError: the broker is away, or the topic is not there yet; it can be tried again.
        """
        consumer = AIOKafkaConsumer(
            *self._topics,
            bootstrap_servers=self._bootstrap_servers,
            enable_auto_commit=False,
            auto_offset_reset="latest",
            fetch_max_wait_ms=POLL_MS,
            metadata_max_age_ms=NEW_PARTITIONS_SEEN_WITHIN_MS,
        )
        try:
            await consumer.start()
            await self._begin(consumer)
        except BaseException:
            await consumer.stop()
            raise
        self._consumer = consumer

    async def run(self) -> None:
        """Hear until cancelled; while the broker is away nothing is heard, and then all of it."""
        consumer = self._consumer
        if consumer is None:
            raise RuntimeError("run before start")
        while True:
            batches = await consumer.getmany(timeout_ms=POLL_MS)
            if self._heard != consumer.assignment():
                # More partitions: the client begins all of them anew, where they end now.
                try:
                    await self._begin(consumer)
                except KafkaError as error:
                    log.warning("news not heard yet", error=type(error).__name__)
            for records in batches.values():
                for record in records:
                    try:
                        envelope = decode(record)
                    except (MalformedEventError, NewerEventError) as error:
                        log.info("news that cannot be read", reason=type(error).__name__)
                    else:
                        if envelope is not None:
                            self._hear(envelope)

    async def stop(self) -> None:
        """Close the connection."""
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            await consumer.stop()

    async def _begin(self, consumer: AIOKafkaConsumer) -> None:
        """Begin at the ends of all partitions, or a little before.

        Raises:
            KafkaConnectionError: the broker does not tell where they are.
        """
        assigned = frozenset(consumer.assignment())
        # The connection answers nothing behind a fetch, which waits for records a whole poll long.
        consumer.pause(*assigned)
        try:
            if not assigned or not await consumer.seek_to_end(*assigned):
                raise KafkaConnectionError(f"the ends of {', '.join(self._topics)} are not known")
            if self._lately:
                since = int((SystemClock().now() - self._lately).timestamp() * 1000)
                found = await consumer.offsets_for_times(dict.fromkeys(assigned, since))
                for partition, place in found.items():
                    if place is not None:
                        consumer.seek(partition, place.offset)
        finally:
            consumer.resume(*(assigned & consumer.assignment()))
        self._heard = assigned
        self._missed()
