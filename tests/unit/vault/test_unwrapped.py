"""Unwrapped data keys leave memory within a minute, used or not (C7)."""

import asyncio
import gc
import weakref
from collections.abc import Callable
from typing import Any

from shared.personal import Category
from shared.vault import KeyId
from shared.vault.unwrapped import CACHE_SECONDS, UnwrappedKeys

ONE, TWO = (KeyId(f"subject-{n}", Category.CONTACT, "-") for n in (1, 2))


class Time:
    """A monotonic source that moves when told, with its timers."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.timers: list[tuple[float, Callable[[], None]]] = []

    def __call__(self) -> float:
        return self.now

    def later(self, seconds: float, work: Callable[[], None]) -> object:
        self.timers.append((self.now + seconds, work))
        return work

    def move(self, seconds: float) -> None:
        """Let time pass and run what is due, in order."""
        end = self.now + seconds
        while due := sorted((at, n) for n, (at, _) in enumerate(self.timers) if at <= end):
            at, number = due[0]
            self.now = max(self.now, at)
            self.timers.pop(number)[1]()
        self.now = end


class Box:
    """Stands for what opens values; it can be seen to go."""


def test_a_key_that_nobody_uses_again_is_gone_after_a_minute() -> None:
    time = Time()
    keys = UnwrappedKeys(time, time.later)
    box: Any = Box()
    gone = weakref.ref(box)
    keys.remember(ONE, box)
    del box
    time.move(CACHE_SECONDS - 0.1)
    gc.collect()
    assert gone() is not None
    time.move(0.1)
    gc.collect()
    assert gone() is None
    assert time.timers == []


def test_each_key_has_its_own_minute_and_using_it_gives_no_more() -> None:
    time = Time()
    keys = UnwrappedKeys(time, time.later)
    box: Any = Box()
    keys.remember(ONE, box)
    time.move(40)
    keys.remember(TWO, box)
    assert keys.found([ONE, TWO]) == {ONE: box, TWO: box}
    time.move(20)
    assert keys.found([ONE, TWO]) == {TWO: box}
    assert len(keys) == 1
    time.move(39)
    keys.remember(TWO, box)
    time.move(59)
    assert len(keys) == 1
    time.move(1)
    assert len(keys) == 0


def test_many_keys_need_one_timer() -> None:
    time = Time()
    keys = UnwrappedKeys(time, time.later)
    for n in range(1000):
        keys.remember(KeyId(f"subject-{n}", Category.CONTACT, "-"), None)
        assert len(time.timers) == 1
        time.move(0.01)
    time.move(CACHE_SECONDS)
    assert len(keys) == 0
    assert time.timers == []


def test_a_process_that_did_not_run_for_long_uses_no_old_key() -> None:
    time = Time()
    keys = UnwrappedKeys(time, time.later)
    keys.remember(ONE, None)
    time.now += CACHE_SECONDS
    assert keys.found([ONE]) == {}


def test_the_timer_is_that_of_the_event_loop() -> None:
    class Stepped(asyncio.SelectorEventLoop):
        ahead = 0.0

        def time(self) -> float:
            return super().time() + self.ahead

    async def idle() -> int:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, Stepped)
        keys = UnwrappedKeys(loop.time)
        keys.remember(ONE, None)
        assert len(keys) == 1
        loop.ahead = CACHE_SECONDS
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return len(keys)

    with asyncio.Runner(loop_factory=Stepped) as runner:
        assert runner.run(idle()) == 0
