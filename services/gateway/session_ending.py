"""Sessions end wherever they are open when an account closes or is erased (C8.4)."""

import random
from typing import Final

from aiokafka import AIOKafkaProducer

from services.gateway.sessions import SessionStore
from shared.consuming.consumer import ConsumerGroup, kafka_broker
from shared.consuming.dead_letters import DeadLetters
from shared.consuming.envelope import Envelope
from shared.consuming.reactions import Reaction, Reactor
from shared.events.identity import AccountBlocked, AccountClosed, StaffDeparted
from shared.events.retention import ErasureOrdered
from shared.settings import Settings
from shared.topics import dead_letter_topic, declare_topics, events_topic

GROUP: Final = "gateway.sessions"
TOPICS: Final = (events_topic("identity"), events_topic("retention"))
DEAD_LETTERS: Final = dead_letter_topic("gateway")


def session_ending(sessions: SessionStore) -> Reaction:
    """Return the reaction that ends a person's sessions; ending twice changes nothing."""

    async def on_account(envelope: Envelope) -> None:
        await sessions.end_all(envelope.subject)

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
            ErasureOrdered: on_order,
        },
    )


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
            DeadLetters(settings.namespace + DEAD_LETTERS, self._producer),
            attempts=settings.reaction_attempts,
            rng=random.Random(),  # noqa: S311 - jitter, not a secret
        )
        self.group = ConsumerGroup(GROUP, TOPICS, reactor.process, self._broker, settings)

    async def start(self) -> None:
        """Start listening.

        Raises:
            KafkaError: the broker is away.
        """
        await declare_topics(self._settings, (*TOPICS, DEAD_LETTERS))
        await self._producer.start()
        await self._broker.start()

    async def stop(self) -> None:
        """Stop listening."""
        await self._broker.stop()
        await self._producer.stop()
