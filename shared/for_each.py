"""Doing the same for many, several at a time, without one failure keeping the others from it."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


async def for_each(
    things: Iterable[T] | AsyncIterable[T], act: Callable[[T], Awaitable[None]], *, at_once: int
) -> None:
    """Act on every thing, at most `at_once` at a time; things are taken as they are needed.

    Raises:
        ExceptionGroup: some acts failed; all the others have been carried out.
    """
    source = things if isinstance(things, AsyncIterable) else _one_by_one(things)
    iterator = aiter(source)
    turn = asyncio.Lock()
    failures: list[Exception] = []
    acts = 0

    async def work() -> None:
        nonlocal acts
        while True:
            async with turn:
                try:
                    thing = await anext(iterator)
                except StopAsyncIteration:
                    return
            acts += 1
            [outcome] = await asyncio.gather(act(thing), return_exceptions=True)
            if isinstance(outcome, Exception):
                failures.append(outcome)

    async with asyncio.TaskGroup() as workers:
        for _ in range(at_once):
            workers.create_task(work())
    if failures:
        raise ExceptionGroup(f"{len(failures)} of {acts} failed", failures)


async def _one_by_one(things: Iterable[T]) -> AsyncIterator[T]:
    for thing in things:
        yield thing
