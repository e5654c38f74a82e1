"""What a service does by itself at intervals, on the machine's timer or on demand."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from shared import telemetry
from shared.database import AutoReconnect
from shared.vault import own_work

log = telemetry.logger(__name__)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A piece of recurring work; `run` returns figures about what it did."""

    name: str
    every: timedelta
    run: Callable[[], Awaitable[Mapping[str, Any]]]


class Scheduler:
    """Runs the schedules of one service; the same one never twice at once."""

    def __init__(self, schedules: tuple[Schedule, ...]) -> None:
        self._schedules = {schedule.name: schedule for schedule in schedules}
        self._locks = {name: asyncio.Lock() for name in self._schedules}

    @property
    def busy(self) -> bool:
        """Whether some schedule is running."""
        return any(lock.locked() for lock in self._locks.values())

    async def run_now(self, name: str) -> Mapping[str, Any]:
        """Run schedule `name` once and return its figures.

        Raises:
            KeyError: there is no such schedule.
        """
        schedule = self._schedules[name]
        async with self._locks[name]:
            with telemetry.span("schedule", {"schedule": name}), own_work():
                return await schedule.run()

    async def run_forever(self) -> None:
        """Run every schedule at its interval until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for schedule in self._schedules.values():
                tasks.create_task(self._repeat(schedule))

    async def _repeat(self, schedule: Schedule) -> None:
        while True:
            await asyncio.sleep(schedule.every.total_seconds())
            try:
                figures = await self.run_now(schedule.name)
            except AutoReconnect:
                log.warning("schedule waits for the database", schedule=schedule.name)
            except Exception:
                log.exception("schedule failed", schedule=schedule.name)
            else:
                log.info("schedule ran", schedule=schedule.name, **dict(figures))
