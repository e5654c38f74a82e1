"""The consent service in this process, on the real engines."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from fastapi import FastAPI

from services.consent.application.publish import DOMAIN_EVENTS, publish
from services.consent.bootstrap import bootstrap
from services.consent.settings import ConsentSettings
from shared.clock import SystemClock
from shared.consuming.envelope import Envelope, decode, encode
from shared.event_store import Metadata, RecordedEvent
from shared.events.base import PublicEvent, SubjectId
from shared.http.auth import Role
from shared.ids import new_id
from shared.service import create_app
from shared.settings import Settings
from tests.callers import Callers

LINK_SECRET = "a secret for the tests alone"


@dataclass
class Consent:
    """The running service and what a test may look at."""

    app: FastAPI
    client: httpx.AsyncClient
    settings: Settings

    def headers(self, subject: str, role: Role = Role.LEARNER) -> dict[str, str]:
        """Return the header that authenticates `subject` in `role`."""
        return Callers(self.settings.secrets_dir, SystemClock()).headers("consent", subject, role)

    async def published(self, count: int) -> list[Envelope]:
        """Return the first `count` events on the service's topic, waiting for them."""
        consumer = AIOKafkaConsumer(
            self.settings.namespace + "consent.events",
            bootstrap_servers=self.settings.kafka_bootstrap_servers,
            auto_offset_reset="earliest",
        )
        async with consumer:
            found = [decode(await anext(consumer)) for _ in range(count)]
        return [envelope for envelope in found if envelope is not None]

    async def tell(self, event: PublicEvent, subject: str) -> None:
        """Publish `event` as the service that it belongs to."""
        record = RecordedEvent(
            id=new_id(),
            stream=f"test-{new_id()}",
            version=1,
            subject=SubjectId(subject),
            at=SystemClock().now(),
            event=event,
            meta=Metadata.system("test"),
        )
        key, value, headers = encode(event.SERVICE, record, event, None)
        topic = f"{self.settings.namespace}{event.SERVICE}.events"
        async with AIOKafkaProducer(
            bootstrap_servers=self.settings.kafka_bootstrap_servers
        ) as producer:
            await producer.send_and_wait(topic, value, key=key, headers=headers)


@pytest.fixture
async def consent(
    kernel_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Consent]:
    """The consent service, running."""
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", kernel_settings.kafka_bootstrap_servers)
    monkeypatch.setenv("MONGODB_URI", kernel_settings.mongodb_uri)
    monkeypatch.setenv("CARIONEXIQ_NAMESPACE", kernel_settings.namespace)
    monkeypatch.setenv("CARIONEXIQ_DATA_DIR", str(kernel_settings.data_dir))
    monkeypatch.setenv("CARIONEXIQ_LINK_SECRET", LINK_SECRET)
    app = create_app(
        "consent",
        settings=ConsentSettings,
        domain_events=DOMAIN_EVENTS,
        publish=publish,
        bootstrap=bootstrap,
    )
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://consent.test") as client,
    ):
        yield Consent(app, client, kernel_settings)
