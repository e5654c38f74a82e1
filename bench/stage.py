"""Where measurements run: engines, namespaces of their own, the seed, the size, the profiler."""

import os
import random
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, nullcontext
from cProfile import Profile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.facts import Facts
from deploy.cli.secrets import prepare_secrets
from deploy.cli.settings import SystemSettings
from deploy.cli.system import embedded_engines
from services.learning.application.publish import DOMAIN_EVENTS, publish
from shared.consuming.projections import Projection
from shared.database import MongoClient
from shared.engines import MailboxEngine, Supervisor, free_ports
from shared.events.base import DomainEvent
from shared.service import Kernel, Runtime, Service, create_app, describe_app
from shared.settings import Settings

PORTS = tuple(name for name in SystemSettings.model_fields if name.endswith("_port"))
NEVER_SECONDS = 3_600.0

Round = Callable[[], Awaitable[list[float]]]
"""One turn of one side; returns its samples."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What a measurement is given."""

    engines: SystemSettings
    """Where the engines are, and the folder of secrets."""
    seed: int
    quick: bool
    full: bool
    profile: Profile | None

    def size(self, normal: int, quick: int) -> int:
        """Return how much to do: `normal`, or `quick` where only going through it matters."""
        return quick if self.quick else normal

    def facts(self, part: int = 0) -> Facts:
        """Return invented facts, the same for the same seed, others for each `part`."""
        return Facts(random.Random(f"{self.seed}/{part}"))  # noqa: S311 - invented people

    def ours(self) -> AbstractContextManager[object]:
        """Profile what runs inside, where a profile was asked for."""
        return nullcontext() if self.profile is None else self.profile

    def settings(self) -> SystemSettings:
        """Return settings of a system that shares engines and nothing else."""
        ports = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
        return self.engines.model_copy(
            update={**ports, "namespace": f"bench{uuid.uuid4().hex[:8]}-"}
        )

    async def interleaved(
        self, rounds: int, ours: Round, bare: Round
    ) -> tuple[list[float], list[float]]:
        """Return the samples of both sides, taken in turns so that both see the same machine."""
        mine: list[float] = []
        theirs: list[float] = []
        for number in range(rounds):
            for side in ("ours", "bare") if number % 2 == 0 else ("bare", "ours"):
                if side == "ours":
                    with self.ours():
                        mine += await ours()
                else:
                    theirs += await bare()
        return mine, theirs

    @asynccontextmanager
    async def learning(
        self,
        *,
        running: bool,
        projections: Sequence[Projection] = (),
        settings: SystemSettings | None = None,
        domain_events: Sequence[type[DomainEvent]] = DOMAIN_EVENTS,
    ) -> AsyncIterator[Runtime]:
        """Yield the learning service's store and relay, with `projections`, in this process.

        Unless `running`, nothing works in the background: the store is there alone.
        """
        settings = settings or self.settings()

        def bootstrap(_: Kernel[Settings]) -> Service:
            return Service(routers=[], projections=projections)

        # Nothing is swept for: what is measured is woken by its append.
        sweep = {"CARIONEXIQ_RELAY_SWEEP_SECONDS": str(NEVER_SECONDS)}
        quiet = {"CARIONEXIQ_LOG_LEVEL": "ERROR"}
        with environment({**settings.service_environment(), **sweep, **quiet}):
            app = create_app(
                "learning",
                settings=Settings,
                domain_events=domain_events,
                publish=publish,
                bootstrap=bootstrap,
            )
        runtime = await describe_app(app)
        await (runtime.start() if running else runtime.kernel.store.prepare())
        try:
            yield runtime
        finally:
            await runtime.stop()

    @asynccontextmanager
    async def bare(self) -> AsyncIterator[MongoClient]:
        """Yield the driver as services set it up, with databases that nothing else uses."""
        settings = self.settings()
        client = MongoClient(settings.mongodb, settings.namespace)
        try:
            yield client
        finally:
            client.close()


@contextmanager
def engines(folder: Path) -> Iterator[SystemSettings]:
    """Start the engines whose addresses the environment does not name; yield where all are."""
    given: dict[str, Any] = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
    settings = SystemSettings(data_dir=folder, **given)
    prepare_secrets(settings.secrets_dir)
    embedded = [one for one in embedded_engines(settings) if not isinstance(one, MailboxEngine)]
    with Supervisor(folder, [embedded]):
        yield settings.model_copy(
            update={
                "kafka_bootstrap_servers": settings.kafka,
                "mongodb_uri": settings.mongodb,
            }
        )


@contextmanager
def environment(variables: dict[str, str]) -> Iterator[None]:
    """Set `variables` for as long as the context lasts."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
