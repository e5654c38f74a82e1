"""An event loop in which time passes only when nobody has anything to do.

One thread, no sockets, no wall clock: what runs next follows from what was asked for, so the same
seed runs the same way every time, on every machine.
"""

import asyncio
from asyncio import events, tasks
from collections.abc import Callable, Coroutine
from contextvars import Context, copy_context
from heapq import heappush
from itertools import count
from selectors import BaseSelector, SelectorKey
from typing import Any, Final

START: Final = 1_000.0
"""Never zero, which means "not yet" in many a program."""


class StandstillError(Exception):
    """Nothing can happen any more, and somebody is still waiting: a deadlock."""


class SimulatedTask(asyncio.Task[Any]):
    """A task with a hash that does not depend on where it lies in memory."""

    def __init__(self, coroutine: Any, *, loop: Any, context: Context | None = None) -> None:
        self._number: int = next(loop.numbers)
        super().__init__(coroutine, loop=loop, context=context)

    def __hash__(self) -> int:
        return self._number

    def __eq__(self, other: object) -> bool:
        return self is other


class SimulatedTimer(asyncio.TimerHandle):
    """A timer that comes after those of the same instant that were set before it."""

    def __init__(self, when: float, callback: Any, args: Any, loop: Any, context: Any) -> None:
        super().__init__(when, callback, args, loop, context)
        self._number: int = next(loop.numbers)
        self._scheduled = True

    def __lt__(self, other: Any) -> bool:
        return (self.when(), self._number) < (other.when(), other._number)


class VirtualTime(BaseSelector):
    """Waits for nothing: where a selector would sleep, the time is put forward instead."""

    def __init__(self) -> None:
        self.now = START
        self.until: Callable[[], float | None] = lambda: None
        """Returns the instant of the first timer; adding up what is waited for would round."""
        self._keys: dict[Any, SelectorKey] = {}

    def select(self, timeout: float | None = None) -> list[tuple[SelectorKey, int]]:
        """Put the time forward by `timeout` seconds.

        Raises:
            StandstillError: there is nothing to wait for.
        """
        if timeout is None:
            raise StandstillError
        if timeout > 0 and (first := self.until()) is not None:
            self.now = first
        return []

    def register(self, fileobj: Any, events: int, data: Any = None) -> SelectorKey:
        """Take the loop's own wake-up socket, which nobody ever writes to."""
        key = self._keys[fileobj] = SelectorKey(fileobj, fileobj, events, data)
        return key

    def unregister(self, fileobj: Any) -> SelectorKey:
        """Forget it."""
        return self._keys.pop(fileobj)

    def get_map(self) -> dict[Any, SelectorKey]:
        """Return what is registered."""
        return self._keys


class SimulationLoop(asyncio.SelectorEventLoop):
    """asyncio's own loop on virtual time; threads are not used, their work is done in place."""

    def __init__(self) -> None:
        self.virtual = VirtualTime()
        super().__init__(self.virtual)
        self._clock_resolution = 1e-9
        self.numbers = count()
        """Of its tasks and timers, in the order in which they are made."""
        self._scheduled: list[SimulatedTimer] = []
        self.virtual.until = lambda: self._scheduled[0].when() if self._scheduled else None
        self.in_thread: Callable[..., Coroutine[Any, Any, Any]] | None = None
        """What becomes of work for a thread; in place and at once when it is not set."""
        self.created: Callable[[asyncio.Task[Any], Context], None] = lambda _task, _context: None
        """Told of every new task and where it belongs."""
        self.set_task_factory(self._task)

    def time(self) -> float:
        """Return the virtual seconds since a moment that means nothing."""
        return self.virtual.now

    def call_at(  # type: ignore[override]
        self, when: float, callback: Any, *args: Any, context: Context | None = None
    ) -> SimulatedTimer:
        """Set a timer; those of one instant go off in the order in which they were set."""
        timer = SimulatedTimer(when, callback, args, self, context)
        heappush(self._scheduled, timer)
        return timer

    def run_in_executor(  # type: ignore[override]
        self, _executor: Any, func: Callable[..., Any], *args: Any
    ) -> Any:
        """Do the work of a thread in place, at an instant that the simulation chooses."""

        async def done() -> Any:
            if self.in_thread is None:
                return func(*args)
            return await self.in_thread(func, *args)

        return self.create_task(done())

    def _task(
        self,
        loop: events.AbstractEventLoop,
        coroutine: Any,
        context: Context | None = None,
    ) -> tasks.Task[Any]:
        task = SimulatedTask(coroutine, loop=loop, context=context)
        self.created(task, context if context is not None else copy_context())
        return task
