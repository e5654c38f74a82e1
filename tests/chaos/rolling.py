"""Replicas come, go and are replaced one by one under load, and nothing may be noticed."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.chaos.checker import check
from tests.chaos.observe import Observer
from tests.chaos.run import Result, Round, Tell, figures
from tests.chaos.system import NotStartedError, System
from tests.chaos.workload import Workload

SERVICES: Final = ("accounts", "receipts")
FIRST: Final = tuple(f"{service}-1" for service in SERVICES)
OTHERS: Final = tuple(f"{service}-{number}" for service in SERVICES for number in (2, 3))
COMMANDS_BETWEEN: Final = 20
"""How many commands are acknowledged before the next change."""


async def roll(folder: Path, seed: int, tell: Tell, *, bugs: Sequence[str] = ()) -> Result:
    """Go from one replica of each service to three, replace each, and go back to one.

    Raises:
        NotStartedError: a replica did not come up.
        TimeoutError: a replica took longer to stop than it may.
    """
    result = Result(seed)
    begun = time.monotonic()
    async with System(folder, bugs=bugs, replicas=(*FIRST, *OTHERS), down=OTHERS) as system:
        observer = Observer(system)
        if missing := await observer.rest():
            raise NotStartedError(missing)
        workload = Workload(seed, system)
        working = asyncio.create_task(workload.run())
        rolling = Rolling(system, workload, tell)
        try:
            await rolling.scale_up(OTHERS)
            await rolling.replace((*FIRST, *OTHERS))
            await rolling.scale_down(OTHERS)
        finally:
            workload.stop()
            await working
        evidence = await observer.evidence(workload)
        result.rounds.append(Round([], check(evidence)))
        result.figures = {
            **figures(evidence, system, time.monotonic() - begun),
            "longest stop": round(max(rolling.stops), 1),
        }
        tell(f"{result.figures}")
        for violation in result.violations:
            tell(f"  {violation.rule}: {violation.what}")
    return result


class Rolling:
    """Changes which replicas run, while clients work."""

    def __init__(self, system: System, workload: Workload, tell: Tell) -> None:
        self._system = system
        self._workload = workload
        self._tell = tell
        self.stops: list[float] = []
        """Seconds that each graceful stop took."""

    async def scale_up(self, replicas: Sequence[str]) -> None:
        """Start `replicas`."""
        await self._work()
        for name in replicas:
            self._system.down.discard(name)
            self._system.processes[name].held = False
        for name in replicas:
            await self._ready(name)
        await self._work()

    async def replace(self, replicas: Sequence[str]) -> None:
        """Stop each of `replicas` and start it anew, one after the other."""
        for name in replicas:
            await self._stop(name)
            await self._ready(name)
            await self._work()

    async def scale_down(self, replicas: Sequence[str]) -> None:
        """Stop `replicas` for good."""
        for name in replicas:
            self._system.down.add(name)
            self._system.processes[name].held = True
            await self._stop(name)
        await self._work()

    async def _stop(self, name: str) -> None:
        seconds = await self._system.processes[name].stopped()
        self.stops.append(seconds)
        self._tell(f"{name} stopped within {seconds:.1f} s")

    async def _ready(self, name: str) -> None:
        await self._system.processes[name].started_again()
        if await self._system.processes[name].ready() is None:
            raise NotStartedError(name)

    async def _work(self) -> None:
        until = self._workload.acknowledged + COMMANDS_BETWEEN
        async with asyncio.timeout(60):
            while self._workload.acknowledged < until:  # noqa: ASYNC110 - clients count
                await asyncio.sleep(0.05)
