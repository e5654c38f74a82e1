"""Doing the same for many, several at a time, without one failure keeping the others from it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


async def for_each(
    things: Iterable[T], act: Callable[[T], Awaitable[None]], *, at_once: int
) -> None:
    """Act on every thing, at most `at_once` at a time.

    Raises:
        ExceptionGroup: some acts failed; all the others have been carried out.
    """
    limit = asyncio.Semaphore(at_once)

    async def one(thing: T) -> None:
        async with limit:
            await act(thing)

    outcomes = await asyncio.gather(*(one(thing) for thing in things), return_exceptions=True)
    failures = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    if failures:
        raise ExceptionGroup(f"{len(failures)} of {len(outcomes)} failed", failures)
