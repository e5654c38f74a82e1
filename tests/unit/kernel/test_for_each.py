"""Many at a time, each of them for itself."""

import asyncio
from collections.abc import AsyncIterator

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


async def test_things_are_taken_only_as_they_are_needed() -> None:
    taken, done = 0, 0

    async def many() -> AsyncIterator[int]:
        nonlocal taken
        for number in range(50):
            taken += 1
            yield number

    async def act(_: int) -> None:
        nonlocal done
        assert taken - done <= 4
        await asyncio.sleep(0)
        done += 1

    await for_each(many(), act, at_once=4)
    assert done == 50


async def test_a_source_that_fails_is_told_and_what_had_begun_is_not_repeated() -> None:
    done: list[int] = []

    async def broken() -> AsyncIterator[int]:
        yield 1
        raise ConnectionError

    async def act(number: int) -> None:
        done.append(number)

    with pytest.raises(ExceptionGroup) as told:
        await for_each(broken(), act, at_once=2)
    assert told.group_contains(ConnectionError)
    assert done in ([], [1])
