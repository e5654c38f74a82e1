"""The retention service in this process, on the real engines, among real participants.

The other services are the kernel alone under their names: they take part in erasures as every
service does. What they would publish is put on their topics by the test, sealed with their keys.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import httpx
import pytest
from aiokafka import AIOKafkaProducer
from fastapi import FastAPI

from services.retention.application.publish import publish
from services.retention.bootstrap import DOMAIN_EVENTS, bootstrap
from services.retention.settings import RetentionSettings
from shared.clock import VirtualClock
from shared.consuming.envelope import encode
from shared.database import MongoClient
from shared.event_store import Metadata, RecordedEvent
from shared.events.base import DomainEvent, PublicEvent, SubjectId
from shared.http.auth import Role
from shared.ids import new_id
from shared.personal import Category, Personal, PersonalField
from shared.service import Kernel, Service, create_app
from shared.settings import Settings
from shared.vault import DataKeys, KeyringEncryption, Vault, load_keyring
from tests.callers import Callers
from tests.waiting import eventually

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PARTICIPANTS = ("identity", "learning", "consent", "notify")


class Noted(DomainEvent):
    """What a stand-in service may hold of a person."""

    learner_id: SubjectId
    name: Annotated[Personal[str], PersonalField(Category.CIVIL_IDENTITY)]
    email: Annotated[Personal[str], PersonalField(Category.CONTACT)]


def _participant(_: Kernel[Settings]) -> Service:
    return Service(routers=[])


@dataclass
class World:
    """The running service, its neighbours and the time."""

    client: httpx.AsyncClient
    settings: Settings
    clock: VirtualClock
    mongo: MongoClient
    producer: AIOKafkaProducer
    stack: AsyncExitStack
    vaults: dict[str, Vault] = field(default_factory=dict)
    running: dict[str, FastAPI] = field(default_factory=dict)
    sequences: dict[str, int] = field(default_factory=dict)
    parts: dict[str, Callable[[Kernel[Settings]], Service]] = field(default_factory=dict)
    """What stand-in services are made of, where that is more than the kernel."""

    async def tell(
        self,
        subject: str,
        event: PublicEvent,
        *,
        at: datetime | None = None,
        stream: str = "",
        service: str = "",
    ) -> None:
        """Publish `event` as its service would, its personal values sealed with real keys."""
        service = service or event.SERVICE
        name = stream or f"learner-{subject}"
        sequence = self.sequences[name] = self.sequences.get(name, 0) + 1
        sealed = (await self.vaults[service].seal_events([event]))[0]
        record = RecordedEvent(
            id=new_id(),
            stream=name,
            version=sequence,
            subject=SubjectId(subject),
            at=at or self.clock.now(),
            event=event,
            meta=Metadata.system("test"),
        )
        key, value, headers = encode(service, record, type(event).model_validate(sealed), None)
        topic = f"{self.settings.namespace}{service}.events"
        await self.producer.send_and_wait(topic, value, key=key, headers=headers)

    def fresh_vault(self, service: str) -> Vault:
        """Return the vault of `service` as a process that has just started sees it."""
        keyring = load_keyring(self.settings.keyring_file(service))
        return Vault(
            DataKeys(self.mongo.database("vault"), KeyringEncryption(keyring), self.clock), keyring
        )

    def headers(self, subject: str, role: Role) -> dict[str, str]:
        """Return the header that authenticates `subject` in `role`."""
        callers = Callers(self.settings.secrets_dir, self.clock)
        return {**callers.headers("retention", subject, role), "Accept-Language": "en"}

    async def get(self, path: str, subject: str = "dpo-1", role: Role = Role.DPO) -> Any:
        """Return the JSON answer of a GET that must succeed."""
        answer = await self.client.get(path, headers=self.headers(subject, role))
        assert answer.status_code == httpx.codes.OK, answer.text
        return answer.json()

    async def my_clocks(self, subject: str) -> list[dict[str, Any]]:
        """Return the learner's own clocks."""
        items: list[dict[str, Any]] = (await self.get("/me/clocks", subject, Role.LEARNER))["items"]
        return items

    async def knows(self, subject: str, clocks: int) -> None:
        """Wait until the service has heard all that makes exactly so many clocks."""

        async def heard() -> bool:
            return len(await self.my_clocks(subject)) == clocks

        await eventually(heard)

    async def sweep(self) -> dict[str, int]:
        """Run the sweep now."""
        answer = await self.client.post(
            "/ops/schedules/sweep", headers=self.headers("operator", Role.SYSTEM)
        )
        assert answer.status_code == httpx.codes.OK, answer.text
        figures: dict[str, int] = answer.json()
        return figures

    async def agreed(self, asked: httpx.Response, who: str = "dpo-2") -> None:
        """Confirm what was asked for, as a second officer."""
        assert asked.status_code == httpx.codes.ACCEPTED, asked.text
        path = f"/proposals/{asked.json()['proposal_id']}/confirmation"
        answer = await self.client.post(path, json={}, headers=self.headers(who, Role.DPO))
        assert answer.status_code == httpx.codes.NO_CONTENT, answer.text

    async def lift(self, hold_id: str) -> None:
        """Lift a hold, as two officers."""
        body = {"outcome": "lift", "reason": "proceedings_over"}
        headers = self.headers("dpo-1", Role.DPO)
        asked = await self.client.post(f"/holds/{hold_id}/review", json=body, headers=headers)
        await self.agreed(asked)

    async def in_state(self, state: str, count: int = 1) -> list[dict[str, Any]]:
        """Wait until so many cases are in `state` and return them."""

        async def done() -> bool:
            total: int = (await self.get(f"/cases?state={state}"))["total"]
            return total >= count

        await eventually(done)
        items: list[dict[str, Any]] = (await self.get(f"/cases?state={state}"))["items"]
        return items

    async def certified(self, count: int) -> list[dict[str, Any]]:
        """Wait until so many cases are certified and return them."""
        return await self.in_state("certified", count)

    async def start(self, name: str) -> FastAPI:
        """Start a service under `name`: retention itself, or the kernel alone."""
        if name == "retention":
            app = create_app(
                name,
                settings=RetentionSettings,
                domain_events=DOMAIN_EVENTS,
                publish=publish,
                bootstrap=bootstrap,
            )
        else:
            app = create_app(
                name,
                settings=Settings,
                domain_events=(Noted,),
                publish=lambda _: None,
                bootstrap=self.parts.get(name, _participant),
            )
        context = app.router.lifespan_context(app)
        await context.__aenter__()
        app.state.context = context
        self.running[name] = app
        return app

    async def stop(self, name: str) -> None:
        """Stop a service."""
        app = self.running.pop(name)
        await app.state.context.__aexit__(None, None, None)

    async def restart_retention(self) -> None:
        """Stop the retention service and start it anew."""
        await self.stop("retention")
        await self.serve()

    async def serve(self) -> None:
        """Start the retention service."""
        app = await self.start("retention")
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        self.client = await self.stack.enter_async_context(
            httpx.AsyncClient(transport=transport, base_url="http://retention.test")
        )


@pytest.fixture
def delay_hours() -> float:
    """How long disabled keys are kept: here both steps are taken at once."""
    return 0


@pytest.fixture
async def world(
    kernel_settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, delay_hours: float
) -> AsyncIterator[World]:
    """Everything running, on a virtual clock that the test moves."""
    clock_file = tmp_path / "clock"
    clock = VirtualClock(clock_file, start=START)
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    (data_dir / "secrets").symlink_to(kernel_settings.secrets_dir)
    settings = kernel_settings.model_copy(update={"data_dir": data_dir, "clock_file": clock_file})
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", settings.kafka_bootstrap_servers)
    monkeypatch.setenv("MONGODB_URI", settings.mongodb_uri)
    monkeypatch.setenv("CARIONEXIQ_NAMESPACE", settings.namespace)
    monkeypatch.setenv("CARIONEXIQ_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("CARIONEXIQ_CLOCK_FILE", str(clock_file))
    monkeypatch.setenv("CARIONEXIQ_DESTRUCTION_DELAY_HOURS", str(delay_hours))
    monkeypatch.setenv("CARIONEXIQ_SEARCH_SECONDS", "0")
    mongo = MongoClient(settings.mongodb_uri, settings.namespace)
    async with AsyncExitStack() as stack:
        producer = await stack.enter_async_context(
            AIOKafkaProducer(bootstrap_servers=settings.kafka_bootstrap_servers)
        )
        client = await stack.enter_async_context(httpx.AsyncClient())
        world = World(client, settings, clock, mongo, producer, stack)
        world.vaults = {name: world.fresh_vault(name) for name in (*PARTICIPANTS, "retention")}
        for service in PARTICIPANTS:
            await world.start(service)
        await world.serve()
        yield world
        for service in list(world.running):
            await world.stop(service)
    mongo.close()


def in_years(years: float) -> timedelta:
    """Return about so many years."""
    return timedelta(days=365.25 * years)
