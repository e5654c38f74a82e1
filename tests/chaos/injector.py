"""Making faults happen, and waiting until what they struck does its work again."""

import asyncio
import os
import signal
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from tests.chaos.faults import ENGINES, RELAYS, REPLICAS, Fault, Kind
from tests.chaos.processes import Watched
from tests.chaos.system import System

BALLAST_BYTES: Final = 262_144
BALLAST_WRITES: Final = 200
FALL_WITHIN_SECONDS: Final = 20.0
"""A relay falls when it next publishes; without any traffic that would be never."""
NUMBERS: Final = {Kind.KILL: signal.SIGKILL, Kind.STOP: signal.SIGSTOP}


@dataclass(frozen=True, slots=True)
class Struck:
    """A fault that is over."""

    fault: Fault
    recovery: float | None
    """Seconds from its end until its target did its work again; `None` when it never did."""
    missed: bool = False
    """Whether there was nothing to strike, as when no relay published anything."""


def press(mongodb_uri: str) -> None:
    """Write to the database until it has no room left in what it took beforehand."""
    client: MongoClient[dict[str, Any]] = MongoClient(
        mongodb_uri, serverSelectionTimeoutMS=2_000, socketTimeoutMS=2_000
    )
    with client, suppress(PyMongoError):
        for _ in range(BALLAST_WRITES):
            ballast = {"_id": "ballast", "bytes": os.urandom(BALLAST_BYTES)}
            client["chaos"]["ballast"].replace_one({"_id": "ballast"}, ballast, upsert=True)


class Injector:
    """Strikes a running system with faults."""

    def __init__(self, system: System) -> None:
        """Describe an injector for `system`."""
        self._system = system
        self._busy: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def strike(self, fault: Fault) -> Struck:
        """Make `fault` happen, end it, and wait for the recovery."""
        await asyncio.sleep(fault.pause)
        async with self._busy[fault.target]:
            if fault.target in RELAYS:
                return await self._relay(fault)
            if fault.target in ENGINES or fault.target in REPLICAS:
                process = self._system.processes[fault.target]
                async with process.lock:
                    await self._process(fault, process)
                    return Struck(fault, await process.ready())
            await self._link(fault)
            return Struck(fault, 0.0)

    async def _process(self, fault: Fault, process: Watched) -> None:
        match fault.kind:
            case Kind.KILL:
                process.held = True
                process.signal(signal.SIGKILL)
                await asyncio.sleep(fault.seconds)
                process.held = False
                await process.started_again()
            case Kind.STOP:
                process.signal(signal.SIGSTOP)
                await asyncio.sleep(fault.seconds)
                process.signal(signal.SIGCONT)
            case Kind.DISK_FULL:
                async with self._system.disks[fault.target].full():
                    if fault.target == "database":
                        await asyncio.to_thread(press, self._system.settings.mongodb_uri)
                    await asyncio.sleep(fault.seconds)
                await process.operated()
            case Kind.CLOCK_SKEW:
                skew = self._system.note(f"skew-{fault.target}")
                skew.write_text(str(fault.amount))
                await asyncio.sleep(fault.seconds)
                skew.unlink()
            case _:
                raise ValueError(fault)

    async def _link(self, fault: Fault) -> None:
        link = self._system.links[fault.target]
        match fault.kind:
            case Kind.CUT:
                bad = link.cut()
            case Kind.DELAY:
                bad = link.delayed(fault.amount)
            case Kind.PARTITION:
                bad = link.partitioned()
            case _:
                raise ValueError(fault)
        async with bad:
            await asyncio.sleep(fault.seconds)

    async def _relay(self, fault: Fault) -> Struck:
        service = fault.target.removesuffix("-relay")
        request = self._system.note(f"fall-{service}")
        request.write_text(str(int(NUMBERS[fault.kind])))
        fallen = await self._fallen(service)
        if fallen is None:
            request.unlink(missing_ok=True)
            fallen = self._who_fell(service)
        if fallen is None:
            return Struck(fault, 0.0, missed=True)
        self._system.note(f"fallen-{fallen}").unlink()
        process = self._system.processes[fallen]
        await asyncio.sleep(fault.seconds)
        process.signal(signal.SIGCONT)
        return Struck(fault, await process.ready())

    async def _fallen(self, service: str) -> str | None:
        deadline = time.monotonic() + FALL_WITHIN_SECONDS
        while time.monotonic() < deadline:
            if (replica := self._who_fell(service)) is not None:
                return replica
            await asyncio.sleep(0.02)
        return None

    def _who_fell(self, service: str) -> str | None:
        replicas = [name for name in REPLICAS if name.startswith(service)]
        return next((r for r in replicas if self._system.note(f"fallen-{r}").exists()), None)
