"""What a start costs: services forked from a process that has imported them, and executed.

Both sides start the same services on the same engines, in turns. The fork server's own imports are
counted where a whole system starts, as they are when `carionexiq up` does.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import psutil

from bench.rows import Goal, Row, p50, ratio_at_most
from bench.stage import Stage
from deploy.cli.secrets import prepare
from deploy.cli.settings import SystemSettings
from deploy.cli.system import fork_server, service_process
from shared.engines import Supervisor
from shared.forking import ForkServer
from shared.topics import SERVICES

ROUNDS = 3
MEGABYTE = 2**20
ONE = "consent"


@dataclass(frozen=True, slots=True)
class Cost:
    """What was spent until everything was ready."""

    seconds: float
    processor: float
    memory: float
    """MiB; what several processes share counts once (PSS)."""


async def measure(stage: Stage) -> list[Row]:
    """Start one service of a running system, and a whole system, both ways."""
    everything = (*SERVICES, "gateway") if stage.size(1, 0) else (ONE,)
    # A system each, started again and again: topics are there, as they are from the second day on.
    systems = {True: stage.settings(), False: stage.settings()}
    for settings in systems.values():
        prepare(settings)
    one: dict[bool, list[Cost]] = {True: [], False: []}
    whole: dict[bool, list[Cost]] = {True: [], False: []}
    with TemporaryDirectory(prefix="carionexiq-bench-") as folder, fork_server(Path(folder)) as up:
        for _ in range(stage.size(ROUNDS, 1)):
            for forked in (True, False):
                running = up if forked else None
                one[forked].append(
                    await asyncio.to_thread(_start, systems[forked], (ONE,), running)
                )
                own = fork_server(Path(folder) / "own") if forked else None
                whole[forked].append(
                    await asyncio.to_thread(_start, systems[forked], everything, own, counted=own)
                )
    half, most = ratio_at_most(0.5), ratio_at_most(0.75)
    return [
        _row("one service again: processor until ready", "s", one, "processor", half),
        _row("one service again: ready after", "s", one, "seconds"),
        _row("all services: processor until ready", "s", whole, "processor", half),
        _row("all services: ready after", "s", whole, "seconds"),
        _row("all services: memory", "MiB", whole, "memory", most),
    ]


def _row(
    what: str, unit: str, costs: dict[bool, list[Cost]], part: str, goal: Goal | None = None
) -> Row:
    forked, executed = (p50([getattr(cost, part) for cost in costs[one]]) for one in (True, False))
    return Row(what, forked, unit, executed, "executed", goal)


def _start(
    settings: SystemSettings,
    services: Sequence[str],
    forks: ForkServer | None,
    *,
    counted: ForkServer | None = None,
) -> Cost:
    stages = [[service_process(settings, name) for name in services]]
    with TemporaryDirectory(prefix="carionexiq-bench-") as folder:
        began = perf_counter()
        with Supervisor(Path(folder), stages, fork_server=forks) as supervisor:
            seconds = perf_counter() - began
            processes = [psutil.Process(one.pid) for one in supervisor.processes()]
            if counted is not None:
                processes.append(psutil.Process(counted.pid))
            times = [process.cpu_times() for process in processes]
            memory = sum(process.memory_full_info().pss for process in processes)
    processor = float(sum(one.user + one.system for one in times))
    return Cost(seconds, processor, memory / MEGABYTE)
