"""One process of one service: it can die at any await, and comes back with an empty memory."""

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import Context, ContextVar
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.simulation.engine.world import World

PRESENT: ContextVar["Life | None"] = ContextVar("PRESENT", default=None)
"""The life of the process that the running code belongs to; none for the world outside."""


class CrashedError(asyncio.CancelledError):
    """The process is dead: none of its code has any effect any more."""


class NodeClock:
    """A machine's clock, a little off."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self.skew = timedelta()

    def now(self) -> datetime:
        """Return what this machine takes for the present instant."""
        return self._world.now() + self.skew


class Life:
    """One life of a process, from its start to its crash."""

    def __init__(self, node: "Node") -> None:
        self.node = node
        self.alive = True
        self.tasks: dict[asyncio.Task[Any], None] = {}
        self.when_over: list[Callable[[], None]] = []
        # An empty one: whoever starts a process, its code knows nothing of who did.
        self.context = Context()
        self.context.run(PRESENT.set, self)

    def spawn(self, coroutine: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run `coroutine` in this process, with context variables of its own as every request."""
        return asyncio.get_running_loop().create_task(coroutine, context=self.context.copy())

    def adopt(self, task: asyncio.Task[Any]) -> None:
        """Count a new task as this process's."""
        self.tasks[task] = None
        task.add_done_callback(lambda done: self.tasks.pop(done, None))
        if not self.alive:
            task.cancel()

    def end(self) -> None:
        """Die: nothing runs on, what was only in memory is gone."""
        if not self.alive:
            return
        self.alive = False
        for task in list(self.tasks):
            task.cancel()
        for told in self.when_over:
            told()


class Node:
    """A place where one process of a service runs, life after life."""

    def __init__(self, world: "World", service: str, number: int) -> None:
        self.world = world
        self.service = service
        self.name = f"{service}-{number}"
        self.clock = NodeClock(world)
        self.life: Life | None = None
        self.runtime: Any = None
        self.app: Any = None
        self.mounted = False
        self.deaths = 0
        self.failed_to_start = ""
        """Why its last start failed, if it did."""

    @property
    def ready(self) -> bool:
        """Whether its process is up and answers."""
        return self.life is not None and self.life.alive and self.runtime is not None
