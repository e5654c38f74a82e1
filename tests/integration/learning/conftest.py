"""A running learning service in this process, on the real engines, and the services around it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiokafka import AIOKafkaProducer
from fastapi import FastAPI

from services.learning.adapters.statistics_pools import StatisticsPools
from services.learning.application.publish import DOMAIN_EVENTS, publish
from services.learning.bootstrap import bootstrap
from services.learning.domain.statistics.pool import Pool
from services.learning.settings import LearningSettings
from shared.clock import VirtualClock
from shared.consuming.envelope import encode
from shared.database import Database, MongoClient
from shared.event_store import Metadata, RecordedEvent
from shared.events.base import PublicEvent, SubjectId
from shared.events.consent import ConsentGranted
from shared.events.identity import EmailConfirmed, LearnerRegistered, StaffAppointed
from shared.http.auth import Role
from shared.ids import new_id
from shared.personal import Category, Personal
from shared.service import create_app
from shared.settings import Settings
from shared.vault import DataKeys, KeyId, KeyringEncryption, Vault, load_keyring
from tests.callers import Callers
from tests.engines import Engines
from tests.pulses import pulsing
from tests.waiting import eventually

START = datetime(2030, 3, 1, 9, 0, tzinfo=UTC)
META = Metadata(actor="test", role="system", correlation_id="test")


class Outside:
    """The other services: they publish facts, and retention destroys keys."""

    def __init__(self, settings: Settings, producer: AIOKafkaProducer, clock: VirtualClock) -> None:
        self._client = MongoClient(settings.mongodb_uri, settings.namespace)
        self._namespace = settings.namespace
        self._producer = producer
        self._clock = clock
        keyring = load_keyring(settings.keyring_file("identity"))
        self._vault = Vault(
            DataKeys(self._client.database("vault"), KeyringEncryption(keyring), clock), keyring
        )
        self._versions: dict[str, int] = {}

    async def publish(self, service: str, subject: str, event: PublicEvent) -> str:
        """Publish `event` on the topic of `service` as its relay would, and return its id."""
        stream = f"{service}-{subject}"
        self._versions[stream] = version = self._versions.get(stream, 0) + 1
        (sealed,) = await self._vault.seal_events([event])
        record = RecordedEvent(
            new_id(), stream, version, SubjectId(subject), self._clock.now(), event, META
        )
        await self.publish_record(service, record, type(event).model_validate(sealed))
        return record.id

    async def publish_record(self, service: str, record: RecordedEvent, event: PublicEvent) -> None:
        """Publish `event` under the envelope of `record`."""
        key, value, headers = encode(service, record, event, None)
        topic = f"{self._namespace}{service}.events"
        await self._producer.send_and_wait(topic, value, key=key, headers=headers)

    async def register(self, subject: str, *, minor: bool = False, confirmed: bool = True) -> None:
        """Publish the registration of an invented person."""
        await self.publish(
            "identity",
            subject,
            LearnerRegistered(
                learner_id=SubjectId(subject),
                first_name=Personal("Ada"),
                last_name=Personal("Canari"),
                email=Personal(f"{subject}@canary.test"),
                language="fr",
                minor=minor,
            ),
        )
        if confirmed:
            await self.publish("identity", subject, EmailConfirmed(learner_id=SubjectId(subject)))

    async def destroy(self, subject: str, category: Category, scope: str) -> None:
        """Destroy one data key for good."""
        await self._vault.destroy(KeyId(subject, category, scope))

    def close(self) -> None:
        """Close the connection."""
        self._client.close()


@dataclass
class Running:
    """The learning service while it runs."""

    http: httpx.AsyncClient
    outside: Outside
    clock: VirtualClock
    callers: Callers
    database: Database
    pools: StatisticsPools
    """The service's own, to look into."""
    app: FastAPI

    async def ask(
        self,
        method: str,
        path: str,
        *,
        who: str = "somebody",
        role: Role = Role.LEARNER,
        json: Any = None,
        key: str | None = None,
        language: str = "en",
        stated: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Send a request as `who` in `role`."""
        headers = {
            **self.callers.headers("learning", who, role),
            "Accept-Language": language,
            **({"Idempotency-Key": key} if key else {}),
            **(stated or {}),
        }
        return await self.http.request(method, path, json=json, headers=headers)

    async def get(self, path: str, *, who: str = "staff", role: Role = Role.LEARNER) -> Any:
        """Return what the service answers, which must be 200."""
        response = await self.ask("GET", path, who=who, role=role)
        assert response.status_code == 200, response.text
        return response.json()

    async def employ(self, staff_id: str, role: Role = Role.TRAINER) -> None:
        """Let somebody be appointed, and return once the service has heard of it."""
        appointed = StaffAppointed(
            staff_id=SubjectId(staff_id),
            role=role,
            name=Personal("Équipe Canari"),
            email=Personal(f"{staff_id}@canary.test"),
        )
        await self.outside.publish("identity", staff_id, appointed)
        await self.settled("staff", staff_id, role=role)

    async def assign(
        self, staff_id: str, module: str = "budget-request", cohort: str | None = None
    ) -> None:
        """Let a trainer, appointed if need be, teach a group."""
        await self.employ(staff_id)
        body = {"staff_id": staff_id, "module_id": module, "cohort": cohort}
        made = await self.ask("POST", "/teaching", who="chief", role=Role.ADMINISTRATOR, json=body)
        assert made.status_code == 201, made.text

    async def open_account(self) -> str:
        """Let an invented learner register and confirm, and return the id once it is known."""
        learner = new_id()
        await self.outside.register(learner)

        async def known() -> bool:
            document = await self.database.collection("learners").find_one({"_id": learner})
            return document is not None and document.get("confirmed", False)

        await eventually(known)
        return learner

    async def enrol(self, learner: str, module: str = "budget-request") -> dict[str, str]:
        """Enrol the learner and return the ids of enrolment and invoice."""
        body = {"module_id": module}
        response = await self.ask("POST", "/me/enrolments", who=learner, json=body)
        assert response.status_code == 201, response.text
        ids: dict[str, str] = response.json()
        return ids

    async def answer(
        self, learner: str, enrolment: str, exercise: str, given: Any, key: str | None = None
    ) -> httpx.Response:
        """Answer an exercise."""
        body = {"exercise_id": exercise, "answer": given}
        path = f"/me/enrolments/{enrolment}/answers"
        return await self.ask("POST", path, who=learner, json=body, key=key)

    async def complete(self, learner: str, enrolment: str) -> None:
        """Answer every exercise of the first module rightly."""
        for exercise, given in RIGHT.items():
            response = await self.answer(learner, enrolment, exercise, given)
            assert response.status_code == 200, response.text

    async def settled(self, name: str, key: str, **expected: object) -> None:
        """Wait until the read model `name` holds `expected` in document `key`."""

        async def holds() -> bool:
            document = await self.database.collection(name).find_one({"_id": key}) or {}
            return all(document.get(field) == value for field, value in expected.items())

        await eventually(holds)

    async def knows(self, learner: str, choice: str, *, holds: bool = True) -> None:
        """Wait until the service knows that a choice of the learner stands, or no longer does."""

        async def known() -> bool:
            choices = self.app.state.runtime.kernel.choices
            return choices.is_current and choices.holds(learner, choice) is holds

        await eventually(known)

    async def agree_to_keeping(self, learner: str) -> None:
        """Let the learner consent to keeping recordings."""
        granted = ConsentGranted(
            learner_id=SubjectId(learner),
            purpose="recordings",
            text_version="recordings-2026-11",
            language="fr",
            channel="portal",
        )
        await self.outside.publish("consent", learner, granted)

    async def pool(self, module: str = "budget-request") -> Pool:
        """Return what has been contributed to the statistics of a module and is not shown."""
        return await self.pools.change(module, lambda pool: pool)

    async def release(self) -> None:
        """Let the next quarter begin and the statistics be released."""
        self.move(timedelta(days=92))
        path = "/ops/schedules/statistics"
        assert (await self.ask("POST", path, role=Role.SYSTEM)).status_code == 200

    def move(self, span: timedelta) -> None:
        """Let `span` pass."""
        self.clock.move_to(self.clock.now() + span)


RIGHT = {
    "best-opening": "b",
    "full-cost": "45 000",
    "recurring": ["a", "c"],
    "four-sentences": ["situation", "inaction", "proposal", "money"],
}


@pytest.fixture
async def learning(
    kernel_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Running]:
    """The learning service, running on a virtual clock."""
    async with running_learning(kernel_settings, tmp_path / "clock", monkeypatch) as running:
        yield running


@pytest.fixture
async def elsewhere(
    engines: Engines, namespace: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Running]:
    """The learning service of another installation: databases, topics and keys of its own."""
    settings = engines.settings(f"{namespace}elsewhere-")
    async with running_learning(settings, tmp_path / "clock-elsewhere", monkeypatch) as running:
        yield running


@asynccontextmanager
async def running_learning(
    settings: Settings, clock_file: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Running]:
    """Run the learning service of the installation that `settings` are about."""
    clock = VirtualClock(clock_file, start=START)
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", settings.kafka_bootstrap_servers)
    monkeypatch.setenv("MONGODB_URI", settings.mongodb_uri)
    monkeypatch.setenv("CARIONEXIQ_NAMESPACE", settings.namespace)
    monkeypatch.setenv("CARIONEXIQ_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("CARIONEXIQ_CLOCK_FILE", str(clock_file))
    app = create_app(
        "learning",
        settings=LearningSettings,
        domain_events=DOMAIN_EVENTS,
        publish=publish,
        bootstrap=bootstrap,
    )
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    mongo = MongoClient(settings.mongodb_uri, settings.namespace)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://learning.test") as http,
        AIOKafkaProducer(bootstrap_servers=settings.kafka_bootstrap_servers) as producer,
    ):
        outside = Outside(settings, producer, clock)
        callers = Callers(settings.secrets_dir, clock)
        keyring = load_keyring(settings.keyring_file("learning"))
        keys = DataKeys(mongo.database("vault"), KeyringEncryption(keyring), clock)
        vault = Vault(keys, keyring)
        pools = StatisticsPools(mongo.database("learning"), vault)
        running = Running(http, outside, clock, callers, mongo.database("learning"), pools, app)
        async with pulsing(settings, producer):
            await running.knows("nobody", "objection:suggestions", holds=False)
            yield running
        outside.close()
    mongo.close()
