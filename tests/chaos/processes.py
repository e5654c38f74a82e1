"""The processes of a chaos run: started again whenever they die, unless a fault holds them down."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import httpx

from shared.engines import Managed, NotReadyError, ServiceProcess
from shared.engines.child import Child
from shared.forking import ForkServer

LOOK_SECONDS: Final = 0.1
READY_WITHIN_SECONDS: Final = 120.0
STOPS_WITHIN_SECONDS: Final = 15.0
"""What a stop may take, however much is under way."""
WEDGED_AFTER_SECONDS: Final = 30.0
"""Whoever is alive and not ready for this long is started anew, as an operator would."""


class Replica(ServiceProcess):
    """One replica of a service of the chaos suite."""

    def __init__(self, name: str, *, port: int, environment: Mapping[str, str]) -> None:
        """Describe the replica `name`, such as `accounts-1`."""
        super().__init__(name, port=port, environment=environment)
        self.port = port
        self.service = name.partition("-")[0]

    def forked(self) -> Sequence[str]:
        """Return uvicorn's module and its arguments."""
        return [*super().forked(), "--factory"]

    def application(self) -> str:
        """Return what makes the application."""
        return f"tests.chaos.services.{self.service}:application"

    def probe(self) -> None:
        """Ask whether it serves; that its groups get on is seen when everything comes to rest."""
        try:
            httpx.get(f"{self.url}/health/live", timeout=5, trust_env=False).raise_for_status()
        except httpx.HTTPError as error:
            raise NotReadyError(type(error).__name__) from error


class Watched:
    """A process that comes back."""

    def __init__(self, managed: Managed, logs: Path, forks: ForkServer) -> None:
        """Describe the process; `run` starts it."""
        self.managed = managed
        self.lock = asyncio.Lock()
        self.held = False
        """Whether a fault keeps it down."""
        self.starts = 0
        self.wedged = 0
        """How often it was alive without doing its work, and was started anew."""
        self._child = Child(managed, logs / f"{managed.name}.log", forks)

    async def run(self) -> None:
        """Keep the process running until cancelled, then kill it."""
        await asyncio.to_thread(self.managed.prepare, _tell)
        try:
            while True:
                if not self.held and self._child.ended():
                    self._child.spawn()
                    self.starts += 1
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            self.signal(signal.SIGKILL)
            self._child.end()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process and whatever it started itself."""
        if not self._child.ended() and self._child.pid is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._child.pid, number)

    async def stopped(self) -> float:
        """Ask the process to end in order, and return how many seconds it took.

        Raises:
            TimeoutError: it took longer than a stop may.
        """
        process = self._child.process
        assert process is not None, "it was never started"
        begun = time.monotonic()
        self._child.terminate()
        async with asyncio.timeout(STOPS_WITHIN_SECONDS):
            # Whether or not it has been started again meanwhile.
            while process.poll() is None:  # noqa: ASYNC110 - `run` looks at it as often
                await asyncio.sleep(LOOK_SECONDS)
        return time.monotonic() - begun

    async def started_again(self) -> None:
        """Wait until the process runs after having been killed."""
        while self._child.ended():  # noqa: ASYNC110 - `run` looks at it as often
            await asyncio.sleep(LOOK_SECONDS)

    async def operated(self) -> None:
        """Start the process anew if it lives and does not work, as an operator would."""
        if self._child.ended():
            return
        try:
            await asyncio.to_thread(self.managed.probe)
        except NotReadyError:
            self.wedged += 1
            self.signal(signal.SIGKILL)

    async def ready(self, within: float = READY_WITHIN_SECONDS) -> float | None:
        """Wait until the process does its work; return the seconds it took, `None` for never."""
        begun = patience = time.monotonic()
        while time.monotonic() - begun < within:
            try:
                await asyncio.to_thread(self.managed.probe)
            except NotReadyError:
                if time.monotonic() - patience > WEDGED_AFTER_SECONDS:
                    patience = time.monotonic()
                    self.wedged += 1
                    self.signal(signal.SIGKILL)
                await asyncio.sleep(LOOK_SECONDS)
            else:
                return time.monotonic() - begun
        return None


def _tell(name: str, message: str) -> None:
    sys.stdout.write(f"{name}: {message}\n")
