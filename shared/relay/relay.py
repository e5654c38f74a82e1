"""The relay: publishes committed events to Kafka, at least once, in the order of their streams.

It is given every commit this process appends, and sweeps for what nobody announced in the shards it
has a lease for. A commit stays in the outbox until Kafka has acknowledged all its events.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared import telemetry
from shared.database import Database, Document, PyMongoError
from shared.event_store import streams_of
from shared.events.base import Event
from shared.events.registry import EventTypes
from shared.relay.leases import ShardLeases
from shared.relay.outbox import Outbox
from shared.relay.positions import Positions, TopicShrankError
from shared.relay.sender import LeaseLostError, Publish, Sender

LEASES: Final = "leases"

log = telemetry.logger(__name__)


class Relay:
    """Moves one service's commits from its store to its topic."""

    def __init__(
        self,
        service: str,
        topic: str,
        database: Database,
        types: EventTypes[Event],
        publish: Publish,
        producer: AIOKafkaProducer,
        *,
        bootstrap_servers: str,
        sweep_seconds: float,
    ) -> None:
        self._leases = ShardLeases(database.collection(LEASES))
        self._shards: frozenset[int] = frozenset()
        self._outbox = Outbox(database)
        self._positions = Positions(database, topic, bootstrap_servers)
        self._sender = Sender(
            service, topic, types, publish, producer, may_send=lambda: self._leases.valid
        )
        self._types = types
        self._recording: asyncio.Task[None] | None = None
        self._sweep_seconds = sweep_seconds
        self._woken = asyncio.Event()
        self.draining = False

    def wake(self, commit: bytes | None) -> None:
        """Tell the relay of a commit just appended, or with `None` to look for what waits."""
        if commit is None:
            self._outbox.look()
        else:
            self._outbox.hand_over(commit)
        self._woken.set()

    async def run(self) -> None:
        """Publish until cancelled; wait while the database or Kafka is away.

        Raises:
            aiokafka.errors.KafkaError: the producer cannot go on; the process is to start anew.
        """
        doubtful, lost = True, False
        while True:
            try:
                await self._hold()
                if lost or (doubtful and await self._positions.exceed_topic()):
                    log.warning("the topic lost what it had acknowledged; republishing")
                    await self.republish()
                doubtful = lost = False
                await self.drain()
            except PyMongoError as error:
                log.warning("relay waits for the database", error=type(error).__name__)
            except LeaseLostError:
                log.warning("relay lost its lease")
            except TopicShrankError:
                lost = True
                continue
            except KafkaError as error:
                if not error.retriable:
                    raise
                log.warning("relay waits for Kafka", error=type(error).__name__)
                # What comes back may have lost what it had acknowledged.
                doubtful = True
            await self._next_turn()

    async def drain(self) -> int:
        """Publish everything in the outbox and return how many commits that were.

        Raises:
            LeaseLostError: the lease ran out meanwhile; what was not yet sent was left alone.
            KafkaError: Kafka did not acknowledge everything.
            PyMongoError: the database is away.
        """
        self.draining = True
        published = 0
        try:
            while found := await self._next_round():
                commits = self._readable(found)
                offsets = await self._sender.send(commits)
                self._outbox.published(commits)
                published += len(commits)
                await self._recorded()
                # While this is written down, the next round is found and sent.
                self._recording = asyncio.create_task(
                    self._record(commits, offsets), name="relay records"
                )
            await self._recorded()
        except BaseException:
            self._outbox.forget()
            raise
        finally:
            await self._drop_recording()
            self.draining = False
        return published

    async def pending(self) -> int:
        """Return how many commits wait in the outbox."""
        return await self._outbox.count()

    async def republish(self) -> int:
        """Put every commit back into the outbox: Kafka is rebuilt from the store."""
        count = await self._outbox.mark_all()
        await self._positions.forget()
        self.wake(None)
        return count

    async def release(self) -> None:
        """Give up the shards so that another replica goes on soon."""
        await self._leases.release()

    async def _next_round(self) -> list[Document]:
        if self._leases.due or self._outbox.looks_from_the_start:
            # Neither a shard that is given away nor a new look may meet what is yet to be marked.
            await self._recorded()
            await self._hold()
        return await self._outbox.next_round(self._shards) if self._outbox.has_more else []

    def _readable(self, commits: list[Document]) -> list[Document]:
        """Return `commits` without those of a later release, and without what follows them.

        They stay in the outbox until that release is back.
        """
        readable: list[Document] = []
        waiting: set[str] = set()
        for commit in commits:
            known = all(self._types.knows(event["type"], event["v"]) for event in commit["events"])
            streams = [stream for stream, _ in streams_of(commit)]
            if known and waiting.isdisjoint(streams):
                readable.append(commit)
            else:
                waiting.update(streams)
        if waiting:
            log.warning("commits of a later release wait for it", streams=len(waiting))
        return readable

    async def _hold(self) -> None:
        await self._leases.hold()
        if self._leases.shards != self._shards:
            self._shards = self._leases.shards
            self._outbox.look()

    async def _record(self, commits: Sequence[Document], offsets: Mapping[int, int]) -> None:
        await self._positions.record(offsets)
        await self._outbox.unmark(commits)

    async def _recorded(self) -> None:
        """Return once what was sent before is written down."""
        if self._recording is not None:
            recording, self._recording = self._recording, None
            await recording

    async def _drop_recording(self) -> None:
        """What is not written down is published again."""
        if self._recording is not None:
            self._recording.cancel()
            with suppress(asyncio.CancelledError, PyMongoError):
                await self._recording
            self._recording = None

    async def _next_turn(self) -> None:
        # Not `wait_for`: up to Python 3.11 it loses a cancellation that meets the wake-up.
        try:
            async with asyncio.timeout(self._sweep_seconds):
                await self._woken.wait()
        except TimeoutError:
            self._outbox.look()
            return
        self._woken.clear()
