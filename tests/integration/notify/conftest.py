"""The notify service in this process, on real engines, with a real mail server that may refuse."""

from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from aiokafka import AIOKafkaProducer
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from fastapi import FastAPI
from tenacity import AsyncRetrying, stop_after_delay, wait_fixed

from services.notify.application.attempts import UNKNOWN_FOR
from services.notify.application.publish import DOMAIN_EVENTS, publish
from services.notify.bootstrap import bootstrap
from services.notify.settings import NotifySettings
from shared.choices.instant import instant
from shared.clock import VirtualClock
from shared.consuming.envelope import encode
from shared.database import MongoClient
from shared.engines import free_ports
from shared.event_store import Metadata, RecordedEvent
from shared.events import consent, identity
from shared.events.base import PublicEvent, SubjectId
from shared.http.auth import Role
from shared.ids import new_id
from shared.personal import Personal
from shared.service import create_app
from shared.settings import Settings
from shared.vault import DataKeys, KeyringEncryption, Vault, load_keyring
from tests.callers import Callers
from tests.pulses import pulsing
from tests.waiting import caught_up, eventually

LINK_SECRET = "a secret for the tests alone"
START = datetime(2025, 3, 3, 9, tzinfo=UTC)
E = TypeVar("E", bound=PublicEvent)


class PostOffice:
    """What the mail server took, and what it is to refuse next."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.refusals: deque[str] = deque()
        self.asked = 0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        """Refuse as told, else accept."""
        self.asked += 1
        if self.refusals:
            return self.refusals.popleft()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take the message."""
        content = envelope.content
        assert isinstance(content, bytes)
        self.taken.append(message_from_bytes(content, policy=default))
        return "250 OK"

    def subjects(self) -> list[str]:
        """Return the subjects of what was taken, oldest first."""
        return [str(mail["Subject"]) for mail in self.taken]


@dataclass
class Told:
    """The outside world's facts, on the topics of the services they belong to."""

    settings: Settings
    producer: AIOKafkaProducer
    vault: Vault
    clock: VirtualClock
    versions: dict[str, int] = field(default_factory=dict)

    async def tell(self, event: PublicEvent, *, stream: str, subject: str) -> RecordedEvent:
        """Publish `event`, its personal values sealed."""
        (data,) = await self.vault.seal_events([event])
        version = self.versions[stream] = self.versions.get(stream, 0) + 1
        record = RecordedEvent(
            id=new_id(),
            stream=stream,
            version=version,
            subject=SubjectId(subject),
            at=self.clock.now(),
            event=type(event).model_validate(data),
            meta=Metadata.system("test"),
        )
        await self.again(record)
        return record

    async def again(self, record: RecordedEvent) -> None:
        """Publish the fact of `record`, perhaps not for the first time."""
        event = record.event
        assert isinstance(event, PublicEvent)
        key, value, headers = encode(event.SERVICE, record, event, None)
        topic = f"{self.settings.namespace}{event.SERVICE}.events"
        await self.producer.send_and_wait(topic, value, key=key, headers=headers)

    async def raw(self, service: str, subject: str, value: bytes) -> None:
        """Put something on a topic that is no event of ours."""
        topic = f"{self.settings.namespace}{service}.events"
        await self.producer.send_and_wait(topic, value, key=subject.encode())

    async def learner(
        self,
        *,
        language: str = "fr",
        newsletter: bool = False,
        domain: str = "exemple.test",
    ) -> SubjectId:
        """Let somebody invented register and confirm their address, perhaps consent."""
        learner = SubjectId(new_id())
        stream = f"learner-{learner}"
        facts: list[PublicEvent] = [
            identity.LearnerRegistered.model_validate(
                {
                    "learner_id": learner,
                    "first_name": Personal("Prénom"),
                    "last_name": Personal("Nom"),
                    "email": Personal(f"{learner}@{domain}"),
                    "language": language,
                    "minor": False,
                }
            ),
            identity.EmailConfirmed(learner_id=learner),
        ]
        for fact in facts:
            await self.tell(fact, stream=stream, subject=learner)
        if newsletter:
            await self.consent(learner)
        return learner

    async def consent(self, learner: SubjectId) -> None:
        """Let `learner` consent to the newsletter."""
        fact = consent.ConsentGranted(
            learner_id=learner,
            purpose="newsletter",
            text_version="newsletter-1",
            language="fr",
            channel="portal",
        )
        await self.tell(fact, stream=f"consents-{learner}", subject=learner)

    async def withdraw(self, learner: SubjectId) -> None:
        """Let `learner` withdraw that consent."""
        fact = consent.ConsentWithdrawn(
            learner_id=learner, purpose="newsletter", channel="unsubscribe_link"
        )
        await self.tell(fact, stream=f"consents-{learner}", subject=learner)


@dataclass
class Notify:
    """The running service, its mail server and the outside world."""

    app: FastAPI
    client: httpx.AsyncClient
    settings: Settings
    clock: VirtualClock
    post: PostOffice
    world: Told
    mongo: MongoClient

    def headers(self, subject: str, role: Role) -> dict[str, str]:
        """Return the header that authenticates `subject` in `role`."""
        return Callers(self.settings.secrets_dir, self.clock).headers("notify", subject, role)

    async def run(self, schedule: str) -> dict[str, Any]:
        """Run one schedule now and return its figures."""
        answer = await self.client.post(
            f"/ops/schedules/{schedule}", headers=self.headers("operator", Role.SYSTEM)
        )
        assert answer.status_code == 200
        figures: dict[str, Any] = answer.json()
        return figures

    async def messages(self, subject: str) -> list[dict[str, Any]]:
        """Return what `subject` is shown about messages, newest first."""
        answer = await self.client.get("/me/messages", headers=self.headers(subject, Role.LEARNER))
        shown: list[dict[str, Any]] = answer.json()["messages"]
        return shown

    async def until_status(self, subject: str, kind: str, status: str) -> dict[str, Any]:
        """Wait until the message of `kind` to `subject` has `status`, and return it."""
        async for attempt in AsyncRetrying(stop=stop_after_delay(30), wait=wait_fixed(0.02)):
            with attempt:
                of_kind = [m for m in await self.messages(subject) if m["kind"] == kind]
                if any(m["waiting_for"] == "choices" for m in of_kind):
                    self.later(UNKNOWN_FOR)  # on a busy machine the pulse may be late
                    await self.run("retries")
                assert [m["status"] for m in of_kind] == [status]
                return of_kind[0]
        raise AssertionError

    async def until_caught_up(self) -> None:
        """Wait until every fact told has been taken in."""
        await caught_up(self.client, self.headers("operator", Role.SYSTEM))
        now, choices = instant(), self.app.state.runtime.kernel.choices

        async def known() -> bool:
            return bool(choices.as_of >= now)

        await eventually(known)

    async def dead_letters(self) -> int:
        """Return how many records went to the dead-letter topic."""
        headers = self.headers("operator", Role.SYSTEM)
        flow = (await self.client.get("/ops/flow", headers=headers)).json()
        return int(flow["dead_letters"])

    def later(self, wait: timedelta) -> None:
        """Let `wait` pass."""
        self.clock.move_to(self.clock.now() + wait)


@pytest.fixture
def post_office() -> Iterator[tuple[PostOffice, int]]:
    """A real mail server with a port of its own."""
    post, (port,) = PostOffice(), free_ports(1)
    controller = Controller(post, hostname="127.0.0.1", port=port)
    controller.start()
    yield post, port
    controller.stop()


@pytest.fixture
def service_environment(
    kernel_settings: Settings,
    post_office: tuple[PostOffice, int],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> dict[str, str]:
    """What tells a notify service where everything is; set for this process, too."""
    _, port = post_office
    environment = {
        "KAFKA_BOOTSTRAP_SERVERS": kernel_settings.kafka_bootstrap_servers,
        "MONGODB_URI": kernel_settings.mongodb_uri,
        "CARIONEXIQ_NAMESPACE": kernel_settings.namespace,
        "CARIONEXIQ_DATA_DIR": str(kernel_settings.data_dir),
        "CARIONEXIQ_CLOCK_FILE": str(tmp_path / "clock"),
        "CARIONEXIQ_LINK_SECRET": LINK_SECRET,
        "CARIONEXIQ_PUBLIC_URL": "https://portal.test",
        "CARIONEXIQ_OFFICER_MAILBOX": "dpo@fonction.test",
        "CARIONEXIQ_SMTP_PORT": str(port),
        "CARIONEXIQ_SMTP_TIMEOUT_SECONDS": "5",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return environment


@pytest.fixture
async def world(kernel_settings: Settings, tmp_path: Path) -> AsyncIterator[Told]:
    """The outside world, on a virtual clock."""
    clock = VirtualClock(tmp_path / "clock", start=START)
    keyring = load_keyring(kernel_settings.keyring_file("identity"))
    mongo = MongoClient(kernel_settings.mongodb_uri, kernel_settings.namespace)
    vault = Vault(DataKeys(mongo.database("vault"), KeyringEncryption(keyring), clock), keyring)
    servers = kernel_settings.kafka_bootstrap_servers
    async with AIOKafkaProducer(bootstrap_servers=servers) as producer:
        yield Told(kernel_settings, producer, vault, clock)
    mongo.close()


@asynccontextmanager
async def running(world: Told, post: PostOffice) -> AsyncIterator[Notify]:
    """Run the service in this process, as the environment tells it."""
    app = create_app(
        "notify",
        settings=NotifySettings,
        domain_events=DOMAIN_EVENTS,
        publish=publish,
        bootstrap=bootstrap,
    )
    mongo = MongoClient(world.settings.mongodb_uri, world.settings.namespace)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://notify.test") as client,
        pulsing(world.settings, world.producer),
    ):
        yield Notify(app, client, world.settings, world.clock, post, world, mongo)
    mongo.close()


@pytest.fixture
async def notify(
    world: Told, post_office: tuple[PostOffice, int], service_environment: dict[str, str]
) -> AsyncIterator[Notify]:
    """The notify service, running on a virtual clock."""
    del service_environment  # in force
    async with running(world, post_office[0]) as service:
        yield service
