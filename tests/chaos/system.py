"""The system under chaos: two engines on small disks, four replicas, and bad networks between."""

import asyncio
import os
from collections.abc import Collection, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from deploy.cli.secrets import prepare_secrets
from shared.engines import KafkaEngine, MongoEngine, free_ports
from shared.engines.ports import LOOPBACK
from shared.engines.service import EVERY_SERVICE_IMPORTS, PROCESS
from shared.forking import ForkServer
from shared.settings import Settings
from tests.chaos.disk import Disk
from tests.chaos.faults import ENGINES, REPLICAS
from tests.chaos.processes import Replica, Watched
from tests.chaos.proxy import Proxy
from tests.chaos.services.planted import VARIABLE

DISK_MEGABYTES: Final = {"broker": 512, "database": 512}
IMPORTED_ONCE: Final = (
    "tests.chaos.services.accounts",
    "tests.chaos.services.receipts",
    *EVERY_SERVICE_IMPORTS,
)
ROOT: Final = Path(__file__).resolve().parents[2]


class NotStartedError(Exception):
    """A process did not come up before the first fault."""


class System:
    """Everything that runs. Used as an asynchronous context manager."""

    def __init__(
        self,
        folder: Path,
        *,
        bugs: Sequence[str] = (),
        replicas: Sequence[str] = REPLICAS,
        down: Collection[str] = (),
    ) -> None:
        """Describe a system that keeps everything under `folder`.

        Args:
            folder: where data, logs and notes are kept.
            bugs: planted in every replica.
            replicas: their names, such as `accounts-1`.
            down: those among them that are not started at first.
        """
        self._links = ("to-broker", "to-database", *_doors(replicas))
        names = ["broker", "controller", "database", *replicas, *self._links]
        self._replicas = tuple(replicas)
        self.down = set(down)
        """Replicas that are not meant to run; who is struck by a fault is."""
        self._ports = dict(zip(names, free_ports(len(names)), strict=True))
        self._bugs = tuple(bugs)
        self._stack = AsyncExitStack()
        self._forks = ForkServer(IMPORTED_ONCE, folder / "logs" / "forks.log", PROCESS)
        self.folder = folder
        self.disks: dict[str, Disk] = {}
        self.links: dict[str, Proxy] = {}
        self.processes: dict[str, Watched] = {}

    @property
    def settings(self) -> Settings:
        """The settings of somebody who reaches the engines without any bad network."""
        return Settings(
            kafka_bootstrap_servers=f"{LOOPBACK}:{self._ports['broker']}",
            mongodb_uri=f"mongodb://{LOOPBACK}:{self._ports['database']}",
            data_dir=self.folder,
        )

    @property
    def replicas(self) -> list[str]:
        """The replicas that are meant to run."""
        return [name for name in self._replicas if name not in self.down]

    @property
    def doors(self) -> list[str]:
        """The links through which clients reach the replicas that are meant to run."""
        return _doors(self.replicas)

    def url(self, name: str) -> str:
        """Return where a replica, or the link that leads to one, answers."""
        return f"http://{LOOPBACK}:{self._ports[name]}"

    def note(self, name: str) -> Path:
        """Return the file by which a fault reaches into a replica."""
        return self.folder / "notes" / name

    async def __aenter__(self) -> Self:
        """Start everything and return when everything is ready.

        Raises:
            NotStartedError: something did not come up.
        """
        async with AsyncExitStack() as starting:
            await self._start(starting)
            self._stack = starting.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Kill everything."""
        await self._stack.aclose()

    async def _start(self, stack: AsyncExitStack) -> None:
        os.chdir(ROOT)  # uvicorn finds the services from here
        stack.enter_context(self._forks)
        prepare_secrets(self.folder / "secrets")
        self.note("").mkdir(parents=True)
        for engine in ENGINES:
            self.disks[engine] = Disk(self.folder / f"disk-{engine}", DISK_MEGABYTES[engine])
            stack.callback(self.disks[engine].close)
        for link in self._links:
            proxy = Proxy(self._ports[link], self._ports[link.removeprefix("to-")])
            self.links[link] = await stack.enter_async_context(proxy)
        await self._run(
            stack,
            {
                "broker": KafkaEngine(
                    self.disks["broker"].folder / "kafka",
                    port=self._ports["broker"],
                    controller_port=self._ports["controller"],
                    advertised_port=self._ports["to-broker"],
                ),
                "database": MongoEngine(
                    self.disks["database"].folder / "mongodb",
                    port=self._ports["database"],
                    sync_on_commit=True,
                ),
            },
        )
        await self._run(stack, {name: self._replica(name) for name in self._replicas})

    def _replica(self, name: str) -> Replica:
        environment = {
            "KAFKA_BOOTSTRAP_SERVERS": f"{LOOPBACK}:{self._ports['to-broker']}",
            "MONGODB_URI": f"mongodb://{LOOPBACK}:{self._ports['to-database']}",
            "CARIONEXIQ_DATA_DIR": str(self.folder),
            "CARIONEXIQ_CHAOS_DIR": str(self.note("")),
            "CARIONEXIQ_CHAOS_REPLICA": name,
            VARIABLE: ",".join(self._bugs),
        }
        return Replica(name, port=self._ports[name], environment=environment)

    async def _run(
        self, stack: AsyncExitStack, processes: dict[str, KafkaEngine | MongoEngine | Replica]
    ) -> None:
        for name, managed in processes.items():
            watched = self.processes[name] = Watched(managed, self.folder / "logs", self._forks)
            watched.held = name in self.down
            task = asyncio.create_task(watched.run(), name=name)
            stack.push_async_callback(_end, task)
        for name in processes.keys() - self.down:
            if await self.processes[name].ready() is None:
                raise NotStartedError(f"{name}: see {self.folder / 'logs'}")


def _doors(replicas: Sequence[str]) -> list[str]:
    return [f"to-{name}" for name in replicas if name.startswith("accounts")]


async def _end(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
