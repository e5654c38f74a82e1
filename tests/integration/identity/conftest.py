"""The identity service in this process, on the real engines."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import httpx
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from fastapi import FastAPI
from tenacity import AsyncRetrying, stop_after_delay, wait_fixed

from services.identity.application.publish import publish
from services.identity.bootstrap import DOMAIN_EVENTS, bootstrap
from services.identity.settings import IdentitySettings
from shared.clock import SystemClock, VirtualClock
from shared.consuming.envelope import Envelope, decode
from shared.database import MongoClient
from shared.events.base import PublicEvent
from shared.http.auth import Role
from shared.personal import Personal
from shared.service import create_app
from shared.settings import Settings
from shared.vault import DataKeys, KeyringEncryption, Vault, load_keyring
from tests.callers import Callers

PASSWORD = "un mot de passe de test"
START: Final = datetime(2031, 3, 3, 9, tzinfo=UTC)


@dataclass
class Identity:
    """The running service and what a test may look at."""

    client: httpx.AsyncClient
    settings: Settings
    mongo: MongoClient
    vault: Vault
    app: FastAPI

    def token(self, subject: str, role: Role) -> dict[str, str]:
        """Return the header that authenticates `subject` in `role`."""
        callers = Callers(self.settings.secrets_dir, SystemClock())
        return callers.headers("identity", subject, role)

    async def register(self, email: str, **fields: str) -> httpx.Response:
        """Ask for an account with obviously invented data."""
        body = {
            "first_name": "Prénom",
            "last_name": "Nom",
            "email": email,
            "telephone": "06 39 98 00 01",
            "password": PASSWORD,
            **fields,
        }
        return await self.client.post("/registrations", json=body)

    async def sign_in(self, email: str, password: str = PASSWORD) -> httpx.Response:
        """Sign in from an invented address."""
        return await self.client.post(
            "/sessions",
            json={"email": email, "password": password, "browser": "Navigateur/1.0"},
            headers={"X-Forwarded-For": "192.0.2.7"},
        )

    async def published(self, *types: str) -> list[Envelope]:
        """Return the first event of each of `types` on the topic, waiting for them."""
        consumer = AIOKafkaConsumer(
            self.settings.namespace + "identity.events",
            bootstrap_servers=self.settings.kafka_bootstrap_servers,
            auto_offset_reset="earliest",
        )
        found: dict[str, Envelope] = {}
        async with consumer:
            while set(types) - found.keys():
                envelope = decode(await anext(consumer))
                if envelope is not None and envelope.type in types:
                    found.setdefault(envelope.type, envelope)
        return [found[name] for name in types]

    async def deliver(
        self, event: PublicEvent, subject: str, event_id: str, *, service: str = ""
    ) -> None:
        """Put an event of another service on its topic, as that service would."""
        service = service or event.SERVICE
        headers = {
            "ce_id": event_id,
            "ce_source": f"/services/{service}",
            "ce_type": f"com.carionexiq.{event.type_name()}.v1",
            "ce_time": "2026-01-01T00:00:00+00:00",
            "ce_subject": subject,
            "ce_stream": event_id,
            "ce_sequence": "1",
            "ce_correlationid": "c",
        }
        async with AIOKafkaProducer(
            bootstrap_servers=self.settings.kafka_bootstrap_servers
        ) as producer:
            await producer.send_and_wait(
                f"{self.settings.namespace}{service}.events",
                event.model_dump_json().encode(),
                key=subject.encode(),
                headers=[(name, value.encode()) for name, value in headers.items()],
            )

    async def text(self, value: Personal[str]) -> str:
        """Return what stands in a sealed value."""
        return (await self.vault.open(value)).text()

    async def listed(
        self, path: str, headers: dict[str, str], count: int
    ) -> list[dict[str, object]]:
        """Return the items of a list once there are `count`."""
        async for attempt in AsyncRetrying(stop=stop_after_delay(20), wait=wait_fixed(0.02)):
            with attempt:
                response = await self.client.get(path, headers=headers)
                assert response.status_code == 200
                items: list[dict[str, object]] = response.json()["items"]
                assert len(items) == count
                return items
        raise AssertionError


@pytest.fixture
def clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> VirtualClock:
    """The clock that the identity service lives by, in tests that ask for it first."""
    file = tmp_path / "clock"
    monkeypatch.setenv("CARIONEXIQ_CLOCK_FILE", str(file))
    return VirtualClock(file, start=START)


@pytest.fixture
async def identity(
    kernel_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Identity]:
    """The identity service, running, with cheap password hashing."""
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", kernel_settings.kafka_bootstrap_servers)
    monkeypatch.setenv("MONGODB_URI", kernel_settings.mongodb_uri)
    monkeypatch.setenv("CARIONEXIQ_NAMESPACE", kernel_settings.namespace)
    monkeypatch.setenv("CARIONEXIQ_DATA_DIR", str(kernel_settings.data_dir))
    monkeypatch.setenv("CARIONEXIQ_LINK_SECRET", "a secret for the tests alone")
    monkeypatch.setenv("CARIONEXIQ_ARGON2_TIME_COST", "1")
    monkeypatch.setenv("CARIONEXIQ_ARGON2_MEMORY_KIB", "1024")
    monkeypatch.setenv("CARIONEXIQ_EVEN_ANSWER_SECONDS", "0")
    app = create_app(
        "identity",
        settings=IdentitySettings,
        domain_events=DOMAIN_EVENTS,
        publish=publish,
        bootstrap=bootstrap,
    )
    keyring = load_keyring(kernel_settings.keyring_file("identity"))
    mongo = MongoClient(kernel_settings.mongodb_uri, kernel_settings.namespace)
    vault = Vault(
        DataKeys(mongo.database("vault"), KeyringEncryption(keyring), SystemClock()), keyring
    )
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://identity.test") as client,
    ):
        yield Identity(client, kernel_settings, mongo, vault, app)
    mongo.close()
