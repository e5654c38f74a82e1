"""Engines of their own for tests that take them away, and a real service as a process."""

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from aiokafka import AIOKafkaConsumer
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from deploy.cli.secrets import prepare_secrets
from deploy.cli.settings import SystemSettings
from deploy.cli.system import embedded_engines, service_process
from shared.clock import SystemClock
from shared.engines import Managed, NotReadyError
from shared.engines.child import Child
from shared.http.auth import Role
from shared.settings import Settings
from tests.callers import Callers
from tests.engines import embedded_settings
from tests.forks import forks

ENGINES_WITHIN_SECONDS = 90


class Process:
    """A process that is started, frozen, thawed, killed and asked to stop by a test."""

    def __init__(self, managed: Managed, logs: Path) -> None:
        self.managed = managed
        self._child = Child(managed, logs / f"{managed.name}.log", forks())

    @property
    def log(self) -> str:
        """What it has written so far."""
        return self._child.log.read_text()

    def start(self) -> None:
        """Start it and return when it is ready."""
        self.managed.prepare(lambda _name, _message: None)
        self._child.spawn()
        for attempt in Retrying(
            retry=retry_if_exception_type(NotReadyError),
            stop=stop_after_delay(ENGINES_WITHIN_SECONDS),
            wait=wait_fixed(0.1),
            reraise=True,
        ):
            with attempt:
                self.managed.probe()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to it and whatever it started."""
        assert self._child.pid is not None
        os.killpg(self._child.pid, number)

    def freeze(self) -> None:
        """Let it hold its connections and answer nothing."""
        self.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self.signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it at once."""
        if not self._child.ended():
            self.signal(signal.SIGKILL)
            self._child.end()

    def stop(self, within: float) -> None:
        """Ask it to stop; it has to end `within` seconds, having come to the end of its work."""
        assert self._child.process is not None
        self._child.terminate()
        ended_by = self._child.process.wait(within)
        # The server first does all that a stop does, and then lets the signal have its way.
        assert ended_by in {0, -signal.SIGTERM}
        assert '"event": "stopped"' in self.log.splitlines()[-1]


@dataclass
class World:
    """One service with engines that nobody else uses."""

    settings: SystemSettings
    kafka: Process
    mongo: Process
    consent: Process

    @property
    def kernel_settings(self) -> Settings:
        """Settings of a service in this world."""
        return Settings(
            kafka_bootstrap_servers=self.settings.kafka,
            mongodb_uri=self.settings.mongodb,
            namespace=self.settings.namespace,
            data_dir=self.settings.data_dir,
        )

    def ask(self, path: str) -> httpx.Response:
        """Ask consent's service as an operator does."""
        callers = Callers(self.settings.secrets_dir, SystemClock())
        return httpx.get(
            self.settings.service_url("consent") + path,
            headers=callers.headers("consent", "operator", Role.SYSTEM),
            timeout=20,
        )

    def decide(self, learner: str, decision: str) -> httpx.Response:
        """Have `learner` decide about the newsletter."""
        callers = Callers(self.settings.secrets_dir, SystemClock())
        return httpx.post(
            f"{self.settings.service_url('consent')}/me/consents/newsletter",
            json={"decision": decision, "language": "en"},
            headers=callers.headers("consent", learner, Role.LEARNER),
            timeout=20,
        )


async def first_sequences(world: World, count: int) -> list[int]:
    """Return the sequences on the service's topic as they first appeared, up to `count` of them."""
    consumer = AIOKafkaConsumer(
        world.settings.namespace + "consent.events",
        bootstrap_servers=world.settings.kafka,
        auto_offset_reset="earliest",
    )
    seen: list[int] = []
    async with consumer:
        while len(seen) < count:
            sequence = int(dict((await anext(consumer)).headers)["ce_sequence"])
            if sequence not in seen:
                seen.append(sequence)
    return seen


@pytest.fixture
def world(tmp_path: Path, namespace: str) -> Iterator[World]:
    """The consent service and its engines, running."""
    settings = embedded_settings(tmp_path).model_copy(update={"namespace": namespace})
    prepare_secrets(settings.secrets_dir)
    engines = {one.name: Process(one, tmp_path / "logs") for one in embedded_engines(settings)}
    consent = Process(service_process(settings, "consent"), tmp_path / "logs")
    mongo, kafka = engines["mongodb"], engines["kafka"]
    try:
        mongo.start()
        kafka.start()
        consent.start()
        yield World(settings, kafka, mongo, consent)
    finally:
        for process in (consent, kafka, mongo):
            process.kill()
