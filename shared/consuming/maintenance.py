"""Pausing, rebuilding and verifying the read models of a running service."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Literal

from pydantic import BaseModel

from shared import telemetry
from shared.consuming.projections import Projection
from shared.consuming.rebuild import Comparison, Positions, Rebuilder
from shared.vault import own_work

Work = Literal["rebuild", "verify"]

log = telemetry.logger(__name__)


class MaintenanceBusyError(Exception):
    """Another read model of the service is being rebuilt or verified."""


class UnknownProjectionError(LookupError):
    """The service has no read model of that name."""


class ProjectionStatus(BaseModel):
    """How it stands with one read model."""

    name: str
    paused: bool
    """Whether events wait instead of being folded; of all read models of a service alike."""
    work: Work | None = None
    """What is under way, or was last."""
    running: bool = False
    done: int = 0
    """Records folded so far."""
    total: int = 0
    """Records to fold, as known so far."""
    failure: str | None = None
    """Type of the error that ended the work, if one did."""
    comparison: Comparison | None = None
    """What the last verification found."""


class Maintenance:
    """Works on one read model at a time, while the others and the one itself serve on."""

    def __init__(
        self, projections: Sequence[Projection], rebuilder: Rebuilder, positions: Positions
    ) -> None:
        """Look after `projections`; `positions` tells how far their folding has come."""
        self._projections = {projection.name: projection for projection in projections}
        self._rebuilder = rebuilder
        self._positions = positions
        self._status = {
            name: ProjectionStatus(name=name, paused=False) for name in self._projections
        }
        self._folding = asyncio.Lock()
        self._resumed = asyncio.Event()
        self._resumed.set()
        self._task: asyncio.Task[None] | None = None

    @property
    def paused(self) -> bool:
        """Whether folding waits to be resumed."""
        return not self._resumed.is_set()

    @asynccontextmanager
    async def folding(self) -> AsyncIterator[None]:
        """Wait until folding is allowed; nothing is exchanged underneath meanwhile."""
        while True:
            await self._resumed.wait()
            async with self._folding:
                if not self.paused:
                    yield
                    return

    def status(self) -> list[ProjectionStatus]:
        """Return how it stands with every read model."""
        return [
            status.model_copy(update={"paused": self.paused}) for status in self._status.values()
        ]

    def pause(self) -> None:
        """Let events wait, until `resume` or a restart; read models serve what they have."""
        self._resumed.clear()

    def resume(self) -> None:
        """Fold what has waited, and go on."""
        self._resumed.set()

    def start(self, work: Work, name: str) -> ProjectionStatus:
        """Begin to rebuild or verify a read model and return its status.

        Raises:
            UnknownProjectionError: there is none of that name.
            MaintenanceBusyError: something is under way already.
        """
        projection = self._projections.get(name)
        if projection is None:
            raise UnknownProjectionError(name)
        if self._task is not None and not self._task.done():
            raise MaintenanceBusyError
        status = ProjectionStatus(name=name, paused=self.paused, work=work, running=True)
        self._status[name] = status
        act = self._rebuild if work == "rebuild" else self._verify
        with own_work():
            self._task = asyncio.create_task(self._run(act, projection, status), name=work)
        return status

    async def finished(self) -> None:
        """Return once nothing is under way."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def stop(self) -> None:
        """Give up what is under way: the read model in use stays as it is."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(
        self,
        act: Callable[[Projection, ProjectionStatus], Awaitable[None]],
        projection: Projection,
        status: ProjectionStatus,
    ) -> None:
        try:
            await act(projection, status)
        except Exception as error:
            status.failure = type(error).__name__
            log.exception("maintenance failed", work=status.work, projection=projection.name)
        finally:
            status.running = False

    async def _rebuild(self, projection: Projection, status: ProjectionStatus) -> None:
        await self._rebuilder.rebuild(projection, lambda: self._folding, _told(status))

    async def _verify(self, projection: Projection, status: ProjectionStatus) -> None:
        status.comparison = await self._rebuilder.verify(
            projection, lambda: self._folding, self._positions, _told(status)
        )


def _told(status: ProjectionStatus) -> Callable[[int, int], None]:
    def told(done: int, total: int) -> None:
        status.done, status.total = done, total

    return told
