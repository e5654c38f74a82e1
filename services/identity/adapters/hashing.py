"""Where hashes are computed: in threads of their own, few at once, which give way to all else."""

import asyncio
import heapq
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Final, TypeVar

T = TypeVar("T")

NICENESS: Final = 10
"""Of 19: the event loops of this machine run first, and on a busy one sign-ins do not starve: a
tenth of the weight of anything else."""
RESTS: Final = 3.0
"""How long a place in the line stays empty after a hash while others wait, in times of what it
took: a storm of guesses keeps the processors busy for a part of the time only."""


class Hashing:
    """Runs what takes long and a processor for itself, off the event loop."""

    def __init__(self, at_once: int, *, rests: float = RESTS) -> None:
        """Run at most `at_once` at the same time; the others wait in line."""
        self._threads = ThreadPoolExecutor(
            at_once, thread_name_prefix="hashing", initializer=_give_way
        )
        self._free = at_once
        self._rests = rests
        self._resting: list[asyncio.TimerHandle] = []
        self._line: list[tuple[bool, int, asyncio.Future[None]]] = []
        self._numbers = count()

    @property
    def resting(self) -> int:
        """How many places are kept empty for now."""
        return len(self._resting)

    async def run(self, work: Callable[[], T], *, first: bool = False) -> T:
        """Return what `work` returns; `first` goes before whoever else waits, and never rests."""
        await self._turn(first=first)
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            return await loop.run_in_executor(self._threads, work)
        finally:
            if first or not self._only_strangers_wait():
                self._next()
            else:
                self._rest(self._rests * (loop.time() - began))

    async def _turn(self, *, first: bool) -> None:
        if self._free:
            self._free -= 1
            return
        if first and self._resting:
            self._resting.pop(0).cancel()
            return
        turn = asyncio.get_running_loop().create_future()
        heapq.heappush(self._line, (not first, next(self._numbers), turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._next()  # the turn came, and nobody is there to take it
            raise

    def _only_strangers_wait(self) -> bool:
        return bool(self._line) and self._line[0][0]

    def _rest(self, seconds: float) -> None:
        def over() -> None:
            self._resting.remove(handle)
            self._next()

        handle = asyncio.get_running_loop().call_later(seconds, over)
        self._resting.append(handle)

    def _next(self) -> None:
        while self._line:
            _, _, turn = heapq.heappop(self._line)
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1


def _give_way() -> None:
    """Lower the priority of this thread, and of those that it starts: argon2's lanes."""
    if sys.platform == "linux":  # elsewhere priorities belong to whole processes
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
