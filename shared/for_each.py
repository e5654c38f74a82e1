"""Doing the same for many, several at a time, without one failure keeping the others from it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable


async def for_each(
    ids: Iterable[str], act: Callable[[str], Awaitable[None]], *, at_once: int
) -> None:
    """Act on every id, at most `at_once` at a time.

    Raises:
        ExceptionGroup: some acts failed; all the others have been carried out.
    """
    limit = asyncio.Semaphore(at_once)

    async def one(name: str) -> None:
        async with limit:
            await act(name)

    outcomes = await asyncio.gather(*(one(name) for name in ids), return_exceptions=True)
    failures = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    if failures:
        raise ExceptionGroup(f"{len(failures)} of {len(outcomes)} failed", failures)
