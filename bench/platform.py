"""Retention with everybody that takes part in an erasure, in this process, on a virtual clock."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from aiokafka import AIOKafkaProducer
from fastapi import FastAPI

from bench.facts import META
from bench.stage import Stage, environment
from bench.waiting import until
from services.retention.application.publish import publish
from services.retention.bootstrap import DOMAIN_EVENTS, bootstrap
from services.retention.projections.cases import Cases
from services.retention.projections.lives import FOLDS, Lives
from services.retention.settings import RetentionSettings
from shared.clock import VirtualClock
from shared.consuming.envelope import encode
from shared.event_store import COLLECTION, RecordedEvent
from shared.events.base import DomainEvent, PublicEvent, SubjectId
from shared.events.identity import EmailConfirmed, LearnerRegistered, ProfileDescribed
from shared.ids import new_id
from shared.personal import Personal
from shared.service import Kernel, Runtime, Service, create_app
from shared.settings import Settings
from shared.topics import SERVICES, events_topic

PARTICIPANTS: Final = tuple(name for name in SERVICES if name != "retention")
SCOPES: Final = 4
"""Data keys of a person: civil identity, contact, profile, credentials."""


class NothingStored(DomainEvent):
    """Participants store nothing of their own here."""


@dataclass(frozen=True, slots=True)
class Platform:
    """The running services by name, and the clock they live by."""

    clock: VirtualClock
    running: dict[str, FastAPI]
    producer: AIOKafkaProducer
    topic: str

    def runtime(self, name: str) -> Runtime:
        """Return the service called `name`."""
        runtime: Runtime = self.running[name].state.runtime
        return runtime

    async def register(self, learners: Sequence[SubjectId], *, known: int) -> None:
        """Tell of people who registered and did nothing more; wait until `known` are known."""
        vault = self.runtime("identity").kernel.vault
        at = self.clock.now()
        facts: list[PublicEvent] = []
        for learner in learners:
            facts = _registration(learner)
            sealed = await vault.seal_events(facts)
            for version, (fact, data) in enumerate(zip(facts, sealed, strict=True), start=1):
                record = RecordedEvent(
                    new_id(), f"learner-{learner}", version, learner, at, fact, META
                )
                key, value, headers = encode(
                    "identity", record, type(fact).model_validate(data), None
                )
                await self.producer.send(self.topic, value, key=key, headers=headers)
        await self.producer.flush()
        lives = self.runtime("retention").database.collection(Lives.name)

        async def all_known() -> bool:
            return await lives.count_documents({FOLDS: {"$gte": len(facts)}}) >= known

        await until(all_known)

    async def sweep(self) -> None:
        """Sweep once."""
        await self.runtime("retention").scheduler.run_now("sweep")

    async def certified(self) -> int:
        """Return how many cases have been certified, as retention's list shows them."""
        cases = self.runtime("retention").database.collection(Cases.name)
        return await cases.count_documents({"state": "certified"})

    async def commits(self) -> int:
        """Return how many commits all services have stored."""
        counts = [
            await self.runtime(name).database.collection(COLLECTION).count_documents({})
            for name in self.running
        ]
        return sum(counts)


def _registration(learner: SubjectId) -> list[PublicEvent]:
    return [
        LearnerRegistered(
            learner_id=learner,
            first_name=Personal("Prénom"),
            last_name=Personal("Nom"),
            email=Personal(f"{learner}@exemple.test"),
            language="fr",
            minor=False,
        ),
        EmailConfirmed(learner_id=learner),
        ProfileDescribed(learner_id=learner, goals=Personal("négocier un budget")),
    ]


@asynccontextmanager
async def platform(stage: Stage, start: datetime) -> AsyncIterator[Platform]:
    """Yield everything running; disabled keys are destroyed at once, so that nothing waits."""
    with TemporaryDirectory(prefix="carionexiq-bench-") as folder:
        clock_file = Path(folder) / "clock"
        clock = VirtualClock(clock_file, start=start)
        data = Path(folder) / "data"
        data.mkdir()
        (data / "secrets").symlink_to(stage.engines.secrets_dir)
        settings = stage.settings().model_copy(
            update={"data_dir": data, "clock_file": clock_file, "log_level": "ERROR"}
        )
        at_once = {"CARIONEXIQ_DESTRUCTION_DELAY_HOURS": "0", "CARIONEXIQ_SEARCH_SECONDS": "0"}
        async with AsyncExitStack() as stack:
            stack.enter_context(environment({**settings.service_environment(), **at_once}))
            producer = AIOKafkaProducer(bootstrap_servers=settings.kafka)
            await stack.enter_async_context(producer)
            running = {}
            for name in (*PARTICIPANTS, "retention"):
                app = _service(name)
                await stack.enter_async_context(app.router.lifespan_context(app))
                running[name] = app
            topic = settings.namespace + events_topic("identity")
            yield Platform(clock, running, producer, topic)


def _service(name: str) -> FastAPI:
    if name == "retention":
        return create_app(
            name,
            settings=RetentionSettings,
            domain_events=DOMAIN_EVENTS,
            publish=publish,
            bootstrap=bootstrap,
        )
    return create_app(
        name,
        settings=Settings,
        domain_events=(NothingStored,),
        publish=lambda _: None,
        bootstrap=_participant,
    )


def _participant(_: Kernel[Settings]) -> Service:
    return Service(routers=[])
