"""A running sample service in this process, on the real engines."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord
from fastapi import FastAPI

from shared.clock import SystemClock
from shared.consuming.dead_letters import DeadLetters
from shared.database import Database, MongoClient
from shared.event_store import EventStore, Metadata
from shared.events.base import SubjectId
from shared.http.auth import Role
from shared.service import Kernel, Runtime, create_app
from shared.settings import Settings
from shared.vault import Vault
from tests.callers import Callers
from tests.integration.kernel.sample import (
    SAMPLE_EVENTS,
    SAMPLE_RIGHTS,
    Registered,
    Sample,
    publish,
)

META = Metadata(actor="test", role="system", correlation_id="test")


@dataclass
class Running:
    """The sample service while it runs."""

    app: FastAPI
    sample: Sample
    client: httpx.AsyncClient
    settings: Settings

    @property
    def kernel(self) -> Kernel[Settings]:
        """The kernel the service was wired with."""
        assert self.sample.kernel is not None
        return self.sample.kernel

    @property
    def runtime(self) -> Runtime:
        """The running service."""
        runtime: Runtime = self.app.state.runtime
        return runtime

    @property
    def store(self) -> EventStore:
        return self.kernel.store

    @property
    def vault(self) -> Vault:
        return self.kernel.vault

    @property
    def database(self) -> Database:
        return self.kernel.database

    def headers(self, subject: str = "operator", role: Role = Role.SYSTEM) -> dict[str, str]:
        """Return the header that authenticates `subject` in `role`."""
        return Callers(self.settings.secrets_dir, SystemClock()).headers(
            self.runtime.name, subject, role
        )

    async def register(
        self, subject: str, name: str = "Canari", *, stream: str | None = None
    ) -> None:
        """Append the registration of `subject`."""
        await self.store.append(
            stream or f"learner-{subject}",
            0,
            [
                Registered(
                    learner_id=SubjectId(subject),
                    first_name=name,
                    email=f"{subject}@canary.test",
                )
            ],
            subject=SubjectId(subject),
            meta=META,
        )

    async def person(self, subject: str) -> dict[str, object]:
        """Return the read model's answer about `subject`."""
        response = await self.client.get(f"/people/{subject}")
        body: dict[str, object] = response.json()
        return body

    async def greetings(self, subject: str) -> int:
        """Return how many times the reaction took effect for `subject`."""
        return len(await self.store.load(f"greeting-{subject}"))


@asynccontextmanager
async def run_sample(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    *,
    name: str = "identity",
    sample: Sample | None = None,
) -> AsyncIterator[Running]:
    """Run the sample service as `name` of the namespace in `settings`."""
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", settings.kafka_bootstrap_servers)
    monkeypatch.setenv("MONGODB_URI", settings.mongodb_uri)
    monkeypatch.setenv("CARIONEXIQ_NAMESPACE", settings.namespace)
    monkeypatch.setenv("CARIONEXIQ_DATA_DIR", str(settings.data_dir))
    sample = sample or Sample()
    app = create_app(
        name,
        settings=Settings,
        domain_events=SAMPLE_EVENTS,
        publish=publish,
        bootstrap=sample.bootstrap,
        rights=SAMPLE_RIGHTS,
    )
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://sample.test") as client,
    ):
        yield Running(app, sample, client, settings)


@pytest.fixture
async def running(
    kernel_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Running]:
    """The sample service, running."""
    async with run_sample(kernel_settings, monkeypatch) as sample:
        yield sample


@pytest.fixture
async def producer(kernel_settings: Settings) -> AsyncIterator[AIOKafkaProducer]:
    """A producer of the outside world."""
    async with AIOKafkaProducer(
        bootstrap_servers=kernel_settings.kafka_bootstrap_servers
    ) as outside:
        yield outside


async def read_topic(settings: Settings, topic: str, count: int) -> list[ConsumerRecord]:
    """Return the first `count` records of `topic`, waiting for them."""
    consumer = AIOKafkaConsumer(
        settings.namespace + topic,
        bootstrap_servers=settings.kafka_bootstrap_servers,
        auto_offset_reset="earliest",
    )
    async with consumer:
        return [await anext(consumer) for _ in range(count)]


@pytest.fixture
async def mongo(kernel_settings: Settings) -> AsyncIterator[MongoClient]:
    """A connection to the namespace's databases."""
    client = MongoClient(kernel_settings.mongodb_uri, kernel_settings.namespace)
    yield client
    client.close()


def letters_of(running: Running, producer: AIOKafkaProducer) -> DeadLetters:
    """Return the dead letters of the sample service, kept through `producer`."""
    topic = running.settings.namespace + "identity.dlq"
    return DeadLetters("identity", topic, producer, running.store, running.vault, SystemClock())
