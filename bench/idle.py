"""What the whole embedded system costs while nobody uses it."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import psutil

from bench.rows import Row, at_most
from bench.stage import PORTS, Stage
from deploy.cli.settings import SystemSettings
from deploy.cli.system import build_system
from shared.engines import free_ports
from shared.topics import SERVICES

WARM_SECONDS = 20
OBSERVED_SECONDS = 30
MEGABYTE = 2**20


async def measure(stage: Stage) -> list[Row]:
    """Measure processor time and memory of the services and of the engines that run here."""
    with TemporaryDirectory(prefix="carionexiq-bench-") as folder:
        ports = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
        settings = SystemSettings.model_validate({"data_dir": Path(folder), **ports})
        with build_system(settings) as supervisor:
            # Not a synchronisation: caches fill and first sweeps pass before the observation.
            await asyncio.sleep(stage.size(WARM_SECONDS, 1))
            found = {one.name: psutil.Process(one.pid) for one in supervisor.processes()}
            services = [found[name] for name in (*SERVICES, "gateway")]
            engines = [one for one in found.values() if one not in services]
            began, before = perf_counter(), (_seconds(services), _seconds(engines))
            await asyncio.sleep(stage.size(OBSERVED_SECONDS, 1))
            passed, after = perf_counter() - began, (_seconds(services), _seconds(engines))
            memory = _memory(services), _memory(engines)
    busy = [100 * (later - earlier) / passed for earlier, later in zip(before, after, strict=True)]
    return [
        Row("idle: processor, all services", busy[0], "% of a core", goal=at_most(3)),
        Row("idle: processor, embedded engines", busy[1], "% of a core"),
        Row("idle: memory, all services", memory[0], "MiB"),
        Row("idle: memory, embedded engines", memory[1], "MiB"),
    ]


def _seconds(processes: Sequence[psutil.Process]) -> float:
    times = [process.cpu_times() for process in processes]
    return float(sum(one.user + one.system for one in times))


def _memory(processes: Sequence[psutil.Process]) -> float:
    return float(sum(process.memory_full_info().uss for process in processes)) / MEGABYTE
