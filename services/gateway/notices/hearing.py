"""Hears of notices and of ends of sessions: every replica of the gateway hears everything."""

import asyncio
from typing import Final

from aiokafka.errors import KafkaError

from services.gateway.notices.streams import Streams
from services.gateway.notices.unread import UnreadCounts
from services.gateway.sessions import SessionStore
from shared import telemetry
from shared.consuming.broadcast import Broadcast
from shared.consuming.envelope import Envelope
from shared.database import PyMongoError
from shared.events.base import PublicEvent
from shared.events.notify import (
    MessageBounced,
    MessageGivenUp,
    MessageSent,
    MessageSuppressed,
    NoticePosted,
    NoticeRead,
)
from shared.settings import Settings
from shared.starting import patiently
from shared.topics import declare_topics, events_topic

TOPICS: Final = (events_topic("notify"),)
NEWS: Final[tuple[type[PublicEvent], ...]] = (
    NoticePosted,
    NoticeRead,
    MessageSent,
    MessageSuppressed,
    MessageGivenUp,
    MessageBounced,
)
"""What changes what is shown: what may wait becomes a notice when its mail leaves."""
SESSIONS_ASKED_EVERY: Final = 0.4
"""In seconds: a stream outlives its session by less than one."""
AGAIN_AFTER_SECONDS: Final = 1.0

log = telemetry.logger(__name__)


class NoticeNews:
    """Wakes streams, forgets counts, and ends the streams of sessions that are over."""

    def __init__(
        self, settings: Settings, sessions: SessionStore, streams: Streams, unread: UnreadCounts
    ) -> None:
        self._settings = settings
        self._sessions = sessions
        self._streams = streams
        self._unread = unread
        self._broadcast = Broadcast(TOPICS, settings, hear=self._hear, missed=self._missed)
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to hear, waiting a bounded time for Kafka.

        Raises:
            KafkaError: the broker did not come up in time.
        """
        await patiently(lambda: declare_topics(self._settings, TOPICS))
        await patiently(self._broadcast.start)
        self._tasks = [
            asyncio.create_task(self._listen(), name="notices"),
            asyncio.create_task(self._watch_sessions(), name="sessions of streams"),
        ]

    async def stop(self) -> None:
        """Hear no more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._broadcast.stop()

    async def _listen(self) -> None:
        while True:
            try:
                await self._broadcast.run()
            except (KafkaError, RuntimeError) as error:
                log.warning("notices not heard", error=type(error).__name__)
            await self._broadcast.stop()
            await asyncio.sleep(AGAIN_AFTER_SECONDS)
            try:
                await self._broadcast.start()
            except KafkaError as error:
                log.warning("notices not heard yet", error=type(error).__name__)

    async def _watch_sessions(self) -> None:
        while True:
            await asyncio.sleep(SESSIONS_ASKED_EVERY)
            keys = self._streams.session_keys
            if not keys:
                continue
            try:
                open_ones = await self._sessions.still_open(keys)
            except PyMongoError as error:
                log.warning("sessions not known", error=type(error).__name__)
            else:
                self._streams.end_sessions(keys - open_ones)

    def _hear(self, envelope: Envelope) -> None:
        if isinstance(envelope.data, NEWS):
            self._unread.forget(envelope.subject)
            self._streams.wake(envelope.subject)

    def _missed(self) -> None:
        self._unread.forget_all()
        self._streams.wake_all()
