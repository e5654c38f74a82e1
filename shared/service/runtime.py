"""One running service: how it starts, what runs, how it stops."""

import asyncio
import os
import signal
from typing import Any

from aiokafka import AIOKafkaProducer

from shared import telemetry
from shared.access_files import AccessParts
from shared.choices.pulse import PULSE_TOPIC
from shared.choices.reader import DECISIONS, ChoicesReader
from shared.consuming.broadcast import Broadcast
from shared.consuming.dead_letter_queue import DeadLetterQueue
from shared.consuming.dead_letters import DeadLetters
from shared.consuming.envelope import Envelope
from shared.database import MongoClient
from shared.erasure import EraseHook, ErasureOrder, ErasureParticipant, drop_unwrapped
from shared.http.answers import AnswerCounter
from shared.relay.behind import require_store_not_behind
from shared.relay.relay import Relay
from shared.restoration import require_consistent, wait_until_applied
from shared.scheduling import Scheduler
from shared.searching.verifier import Verifier
from shared.service.consuming import Consuming
from shared.service.everybodys import ASKS_CHOICES, NEWS, searched_places
from shared.service.parts import Kernel, Service
from shared.starting import patiently
from shared.stopping import GracefulStop
from shared.tokens import EndedSessions
from shared.tokens.ended import REMEMBERED
from shared.topics import dead_letter_topic, declare_topics, events_topic
from shared.vault import DataKeys

log = telemetry.logger(__name__)


class Runtime:
    """One running service: its store, relay, consumer groups and schedules."""

    def __init__(
        self,
        name: str,
        kernel: Kernel[Any],
        client: MongoClient,
        keys: DataKeys,
        service: Service,
        relay: Relay,
        producer: AIOKafkaProducer,
        ended: EndedSessions,
    ) -> None:
        settings = kernel.settings
        self.name = name
        self.kernel = kernel
        self.service = service
        self.database = kernel.database
        self.relay = relay
        dead_letters = settings.namespace + dead_letter_topic(name)
        store, vault = kernel.store, kernel.vault
        self.dead_letters = DeadLetters(name, dead_letters, producer, store, vault, kernel.clock)
        self.dead_letter_queue = DeadLetterQueue(
            name,
            dead_letters,
            store,
            vault,
            producer,
            bootstrap_servers=settings.kafka_bootstrap_servers,
        )
        self.answers = AnswerCounter(name, store, kernel.clock)
        self.scheduler = Scheduler((*service.schedules, self.answers.schedule()))
        self.verifier = Verifier(
            name,
            kernel.database,
            store,
            vault,
            kernel.canaries,
            (*searched_places(name, settings, client), *service.searched),
            every=settings.search_seconds,
        )
        self.access_parts = _access_parts(name, kernel, service)
        participant = ErasureParticipant(
            name,
            store,
            _erasing(service, self.access_parts),
            canaries=kernel.canaries,
            verifier=self.verifier,
        )
        own = () if self.access_parts is None else (self.access_parts.reaction(),)
        self.reactions = (*service.reactions, participant.reaction(), *own)
        self._consuming = Consuming(
            name, kernel, service.projections, self.reactions, self.dead_letters
        )
        self.groups, self.maintenance = self._consuming.groups, self._consuming.maintenance
        self._client = client
        self._keys = keys
        self._producer = producer
        self._ended = ended
        self._news = Broadcast(
            NEWS,
            settings,
            hear=self._hear,
            missed=vault.drop_all,
            lately=REMEMBERED,
        )
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def busy(self) -> bool:
        """Whether the relay, a consumer, a schedule or a search is at work."""
        at_work = self.relay.draining or self.scheduler.busy or self.verifier.busy
        return at_work or self._consuming.busy

    async def start(self) -> None:
        """Bring everything up, waiting a bounded time for MongoDB and Kafka."""
        settings = self.kernel.settings
        await patiently(self.database.ping)
        await self._require_servable()
        await self._keys.prepare()
        await self.kernel.store.prepare()
        await self.kernel.canaries.prepare()
        await self._consuming.prepare()
        if self.access_parts is not None:
            await self.access_parts.prepare()
            again = self.access_parts.forget_erased
            await self.kernel.restorations.once("access files of erased people", again)
        if self.service.prepare is not None:
            await self.service.prepare()
        topics = {events_topic(self.name), dead_letter_topic(self.name), *NEWS}
        topics |= {DECISIONS, PULSE_TOPIC}
        topics |= set(self._consuming.topics)
        await patiently(lambda: declare_topics(settings, sorted(topics)))
        await patiently(lambda: require_store_not_behind(settings, self.name, self.database))
        await patiently(self._producer.start)
        await patiently(self._news.start)
        await self._consuming.start()
        self._tasks.append(asyncio.create_task(self._news.run(), name="news"))
        self._tasks.append(asyncio.create_task(self.relay.run(), name="relay"))
        self._tasks.append(asyncio.create_task(self.verifier.run(), name="verifier"))
        self._tasks.append(asyncio.create_task(self._keys.stay_current(), name="keyring"))
        if self.name in ASKS_CHOICES:
            reader = ChoicesReader(settings, self.kernel.choices)
            self._tasks.append(asyncio.create_task(reader.run(), name="choices"))
        for name, beside in self.service.tasks.items():
            self._tasks.append(asyncio.create_task(beside(), name=name))
        renewal = self._consuming.renew()
        self._tasks.append(asyncio.create_task(renewal, name="renewal of read models"))
        if settings.clock_file is None:
            self._tasks.append(asyncio.create_task(self.scheduler.run_forever(), name="schedules"))
        for task in self._tasks:
            task.add_done_callback(_end_process_on_failure)

    async def stop(self) -> None:
        """Stop taking in work, finish what is under way or hand it back, close connections.

        Ends within `STOPS_WITHIN_SECONDS`, also while Kafka or MongoDB is away.
        """
        stop = GracefulStop()
        await stop.step("relay and schedules", self._cancel_tasks(), most=3)
        await stop.step("news", self._news.stop(), most=1)
        await self._consuming.stop(stop)
        await stop.step("lease", self.relay.release(), most=1)
        await stop.step("producer", self._producer.stop(), most=2)
        await stop.step("ends of topics", self._consuming.close(), most=1)
        if self.service.close is not None:
            await stop.step("own parts", self.service.close(), most=2)
        self._keys.close()
        self._client.close()

    async def _require_servable(self) -> None:
        """Return when no restore is half done and what was forgotten is forgotten here.

        Raises:
            NotServableError: it is not so.
        """
        restorations, ledger = self.kernel.restorations, self.kernel.settings.ledger_file
        await require_consistent(restorations, ledger)
        if not self.service.applies_ledger:
            await wait_until_applied(restorations, ledger)
        await restorations.load()

    async def _cancel_tasks(self) -> None:
        pending = set(self._tasks)
        while pending:
            for task in pending:
                task.cancel()
            # A library on the way may lose a cancellation; it is then asked again.
            _, pending = await asyncio.wait(pending, timeout=1)

    def _hear(self, envelope: Envelope) -> None:
        """Drop from memory what the news says is no more."""
        drop_unwrapped(self.kernel.vault, envelope)
        self._ended.hear(envelope)


def _access_parts(name: str, kernel: Kernel[Any], service: Service) -> AccessParts | None:
    if service.contribute is None:
        return None
    return AccessParts(
        name,
        service.contribute,
        store=kernel.store,
        vault=kernel.vault,
        database=kernel.database,
    )


def _erasing(service: Service, parts: AccessParts | None) -> EraseHook:
    """Return what erases the service's own part of an order, and its parts of access files."""

    async def erase(order: ErasureOrder) -> None:
        if parts is not None:
            await parts.forget(order)
        if service.erase is not None:
            await service.erase(order)

    return erase


def _end_process_on_failure(task: "asyncio.Task[None]") -> None:
    """End the process when a part it cannot live without has failed: it comes back whole."""
    if task.cancelled():
        return
    if (error := task.exception()) is not None:
        log.error("a vital part failed; the process ends", part=task.get_name(), exc_info=error)
        os.kill(os.getpid(), signal.SIGTERM)
