"""What all nodes share: time, chance, faults, and the engines."""

import asyncio
import errno
import random
from collections.abc import Callable
from contextlib import suppress
from contextvars import Context
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from tests.simulation.engine.faults import FILE, Fault, Faults
from tests.simulation.engine.loop import START, SimulationLoop
from tests.simulation.engine.node import PRESENT, CrashedError, Life, Node

T = TypeVar("T")

FASTEST: Final = 0.0004
SLOWEST: Final = 0.004
LONGEST_DELAY: Final = 4.0
LARGEST_SKEW: Final = timedelta(seconds=2)
STARTS_MEET: Final = 0.15
"""Share of the faults that a process meets while it starts."""
COMES_BACK_WITHIN: Final = 4.0
FILES: Final = frozenset({"services.retention.adapters.ledger"})
"""Whose work in threads is writing files; all other work there is computing."""


class World:
    """One simulated world."""

    def __init__(self, seed: int, begin: datetime, *, rate: float, most: int | None = None) -> None:
        """Begin at the instant `begin`, with everything decided by `seed`."""
        self.seed = seed
        self.rng = random.Random(f"{seed}:world")  # noqa: S311 - to be repeated, not secret
        self.faults = Faults(random.Random(f"{seed}:faults"), rate=rate, most=most)  # noqa: S311
        self.loop = SimulationLoop()
        self.loop.created = _adopt
        self.loop.in_thread = self._in_thread
        self.nodes: list[Node] = []
        self.boot: Callable[[Node], None] = lambda _: None
        self.broken: BaseException | None = None
        """What is no fault of the simulated world but a mistake, in it or in the product."""
        self.main: asyncio.Task[Any] | None = None
        """Ended at once when something is broken."""
        self.file_size: Callable[[], int] = lambda: 0
        """Returns how much is in the file that a write may be torn in."""
        self.torn: Callable[[int], None] = lambda _: None
        """Cuts the file short, somewhere in what was written after so many bytes."""
        self._begin = begin
        self._leapt = timedelta()

    def now(self) -> datetime:
        """Return the true instant, which no node knows exactly."""
        return self._begin + self._leapt + timedelta(seconds=self.loop.time() - START)

    def leap_to(self, at: datetime) -> None:
        """Let the calendar stand at `at`; nothing that waits on a timer notices."""
        if at > self.now():
            self._leapt += at - self.now()

    def fail(self, error: BaseException) -> None:
        """Let the run end because of `error`, the first of its kind."""
        if self.broken is None:
            self.broken = error
            if self.main is not None:
                self.main.cancel()

    async def call(  # noqa: C901 - one branch a fault
        self,
        name: str,
        possible: tuple[Fault, ...],
        effect: Callable[[], T],
        failure: Callable[[], Exception],
        *,
        partly: Callable[[], None] | None = None,
        struck: Callable[[Fault], None] = lambda _: None,
        twice: bool = False,
    ) -> T:
        """Carry out `effect` on an engine, or what a fault makes of it.

        Args:
            name: of the call, for the trace.
            possible: the faults that can strike it.
            effect: what the engine does.
            failure: what the caller gets when the connection fails.
            partly: what the engine does of it before it fails half-way.
            struck: told of a fault of the caller's own kind.
            twice: whether `Fault.DUPLICATE` may repeat the effect.
        """
        life = PRESENT.get()
        require_alive(life)
        fault = None
        if life is not None and possible:
            # A start is one attempt from beginning to end; where all fail, nothing is learnt.
            fault = self.faults.draw(possible, 1.0 if life.node.ready else STARTS_MEET)
        who = life.node.name if life is not None else "-"
        self.faults.note(f"{self.loop.time():.6f} {who} {name} {fault or ''}")
        slow = self.faults.rng.uniform(0.05, LONGEST_DELAY) if fault is Fault.DELAY else 0.0
        await asyncio.sleep(self.rng.uniform(FASTEST, SLOWEST) + slow)
        require_alive(life)
        if fault in (Fault.REFUSED, Fault.DISK_FULL):
            raise failure()
        if life is not None:
            match fault:
                case Fault.CRASH_BEFORE:
                    self.crash(life.node)
                case Fault.CRASH_IN_FLIGHT:
                    late = self.faults.rng.uniform(0.001, 1.0)
                    self.loop.call_later(late, lambda: _quietly(effect))
                    self.crash(life.node)
                case Fault.SKEW:
                    self._skew(life.node)
                case Fault.PARTIAL if partly is not None:
                    partly()
                    raise failure()
                case Fault.DUPLICATE if twice:
                    effect()
                case None:
                    pass
                case _:
                    struck(fault)
            require_alive(life)
        size = self.file_size() if fault is Fault.TORN else 0
        result = effect()
        if fault is Fault.TORN and life is not None:
            self.torn(size)
        if fault in (Fault.CRASH_AFTER, Fault.TORN) and life is not None:
            self.crash(life.node)
        if fault in (Fault.LOST, Fault.PARTIAL):
            raise failure()
        require_alive(life)
        await asyncio.sleep(self.rng.uniform(FASTEST, SLOWEST))
        require_alive(life)
        return result

    def crash(self, node: Node) -> None:
        """Let the process of `node` die; it is started anew a moment later."""
        life = node.life
        if life is None or not life.alive:
            return
        node.deaths += 1
        node.runtime = node.app = None
        life.end()
        self.loop.call_later(self.rng.uniform(0.1, COMES_BACK_WITHIN), lambda: self.boot(node))

    def node_of(self, service: str) -> Node | None:
        """Return a node of `service` that answers, if there is one."""
        ready = [node for node in self.nodes if node.service == service and node.ready]
        return self.rng.choice(ready) if ready else None

    def _skew(self, node: Node) -> None:
        most = LARGEST_SKEW.total_seconds()
        node.clock.skew = timedelta(seconds=self.faults.rng.uniform(-most, most))

    async def _in_thread(self, func: Callable[..., Any], *args: Any) -> Any:
        """Do what was meant for a thread; what writes a file can fail as files do."""
        wanted = getattr(func, "args", (func,))[0]
        owner = type(getattr(wanted, "__self__", None)).__module__
        possible = FILE if owner in FILES else (Fault.DELAY,)
        return await self.call("thread", possible, lambda: func(*args), _disk_full)


def require_alive(life: Life | None) -> None:
    """Go no further in a process that is dead.

    Raises:
        CrashedError: it is.
    """
    if life is not None and not life.alive:
        raise CrashedError


def _adopt(task: asyncio.Task[Any], context: Context) -> None:
    life = context.get(PRESENT)
    if life is not None:
        life.adopt(task)


def _disk_full() -> OSError:
    return OSError(errno.ENOSPC, "No space left on device")


def _quietly(effect: Callable[[], Any]) -> None:
    """What arrives of a dead process may be refused: there is nobody left to be told."""
    with suppress(Exception):
        effect()
