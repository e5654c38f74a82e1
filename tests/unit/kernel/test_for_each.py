"""Many at a time, each of them for itself."""

import asyncio

import pytest

from shared.for_each import for_each


async def test_one_failure_keeps_nobody_else_from_it() -> None:
    done: list[str] = []

    async def act(name: str) -> None:
        if name == "b":
            raise LookupError(name)
        done.append(name)

    with pytest.raises(ExceptionGroup, match="1 of 4 failed"):
        await for_each("abcd", act, at_once=2)
    assert done == ["a", "c", "d"]


async def test_no_more_than_allowed_at_a_time() -> None:
    running = peak = 0

    async def act(_: str) -> None:
        nonlocal running, peak
        running += 1
        peak = max(peak, running)
        for _turn in range(5):
            await asyncio.sleep(0)
        running -= 1

    await for_each([str(n) for n in range(20)], act, at_once=3)
    assert peak == 3
