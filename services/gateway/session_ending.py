"""Sessions end wherever they are open when an account closes or its password changes (C8.4)."""

import random
from collections.abc import Sequence
from typing import Final

from aiokafka import AIOKafkaProducer

from services.gateway.sessions import SessionStore
from shared import telemetry
from shared.clock import Clock
from shared.consuming.consumer import ConsumerGroup, kafka_broker, start_reading
from shared.consuming.dead_letters import HEADER_PREFIX, Attempt, until_kept
from shared.consuming.envelope import Envelope, Record
from shared.consuming.reactions import Reaction, Reactor
from shared.events.identity import (
    AccountBlocked,
    AccountClosed,
    AuthenticatorsChanged,
    PasswordChanged,
    SessionsEnded,
    StaffDeparted,
    StaffPasswordChanged,
    StaffTrainingRecorded,
    StaffTrainingReminded,
)
from shared.events.retention import ErasureOrdered
from shared.settings import Settings
from shared.starting import patiently
from shared.topic_ends import TopicEnds
from shared.topics import dead_letter_topic, declare_topics, events_topic

GROUP: Final = "gateway.sessions"
TOPICS: Final = (events_topic("identity"), events_topic("retention"))
DEAD_LETTERS: Final = dead_letter_topic("gateway")

log = telemetry.logger(__name__)


def session_ending(sessions: SessionStore) -> Reaction:
    """Return the reaction that ends a person's sessions; ending twice changes nothing."""

    async def on_account(envelope: Envelope) -> None:
        await sessions.end_all(envelope.subject)

    async def on_password(envelope: Envelope) -> None:
        # One opened since then knows the new password.
        await sessions.end_all(envelope.subject, started_before=envelope.time)

    async def on_authenticators(envelope: Envelope) -> None:
        event = envelope.data
        if isinstance(event, AuthenticatorsChanged) and event.ends_sessions:
            await sessions.end_all(envelope.subject, started_before=envelope.time)

    async def on_training(envelope: Envelope) -> None:
        # What a warning suspends, and a training gives back, counts in sessions that are open.
        event = envelope.data
        at = event.suspends_at if isinstance(event, StaffTrainingReminded) else None
        await sessions.suspend(envelope.subject, at)

    async def on_order(envelope: Envelope) -> None:
        if isinstance(envelope.data, ErasureOrdered) and envelope.data.closes_account:
            await sessions.end_all(envelope.subject)

    return Reaction(
        name="sessions",
        topics=TOPICS,
        handlers={
            AccountClosed: on_account,
            AccountBlocked: on_account,
            StaffDeparted: on_account,
            PasswordChanged: on_password,
            StaffPasswordChanged: on_password,
            SessionsEnded: on_password,
            AuthenticatorsChanged: on_authenticators,
            StaffTrainingReminded: on_training,
            StaffTrainingRecorded: on_training,
            ErasureOrdered: on_order,
        },
    )


class Places:
    """Keeps where a record is that could not be processed: the gateway has no store and no key."""

    def __init__(self, topic: str, producer: AIOKafkaProducer, clock: Clock) -> None:
        self._topic = topic
        self._producer = producer
        self._clock = clock

    def attempt(self, defect: str) -> Attempt:
        """Return a try that has just failed."""
        return Attempt(self._clock.now(), defect)

    async def keep(self, record: Record, *, consumer: str, attempts: Sequence[Attempt]) -> None:
        """Keep the place of `record` and what was wrong; return once Kafka has it."""
        facts = {
            "reason": attempts[-1].defect,
            "consumer": consumer,
            "topic": record.topic,
            "partition": str(record.partition),
            "offset": str(record.offset),
            "attempts": str(len(attempts)),
        }
        headers = [(HEADER_PREFIX + name, text.encode()) for name, text in facts.items()]
        await until_kept(lambda: self._producer.send_and_wait(self._topic, b"", headers=headers))
        telemetry.dead_letters.add(1, {"consumer": consumer})
        log.error("dead letter", **facts)


class SessionEnder:
    """Listens for the ends of accounts as long as the gateway runs."""

    def __init__(self, settings: Settings, sessions: SessionStore) -> None:
        self._settings = settings
        self._producer = AIOKafkaProducer(
            bootstrap_servers=settings.kafka_bootstrap_servers, enable_idempotence=True, acks="all"
        )
        self._broker = kafka_broker(settings)
        reactor = Reactor(
            GROUP,
            [session_ending(sessions)],
            Places(settings.namespace + DEAD_LETTERS, self._producer, settings.clock()),
            attempts=settings.reaction_attempts,
            rng=random.Random(),  # noqa: S311 - jitter, not a secret
        )
        self._ends = TopicEnds(settings.kafka_bootstrap_servers)
        self.group = ConsumerGroup(
            GROUP, TOPICS, reactor.process, self._broker, settings, self._ends, lanes=reactor.lanes
        )

    async def start(self) -> None:
        """Start listening, waiting a bounded time for Kafka.

        Raises:
            KafkaError: the broker did not come up in time.
        """
        await patiently(lambda: declare_topics(self._settings, (*TOPICS, DEAD_LETTERS)))
        await patiently(self._producer.start)
        await patiently(lambda: start_reading(self._broker))

    async def stop(self) -> None:
        """Stop listening."""
        await self._broker.stop()
        await self._producer.stop()
        await self._ends.close()
