"""Answers whose time does not tell whom they are about."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


@asynccontextmanager
async def rounded_up(
    seconds: float, *, failing: type[Exception] | None = None
) -> AsyncIterator[None]:
    """Leave the block a whole multiple of `seconds` after it was entered, zero meaning at once.

    What is done for an account that exists takes some milliseconds more than for one that does
    not; rounded up, also on a machine so busy that hashing takes longer than one step, the
    difference is gone (ASVS 6.3.8). With `failing` only that outcome is held back, where every
    other one shows already that the account is known to who asks.
    """
    loop = asyncio.get_running_loop()
    began = loop.time()

    async def rest() -> None:
        if seconds:
            await asyncio.sleep(seconds - (loop.time() - began) % seconds)

    try:
        yield
    except Exception as error:
        if failing is None or isinstance(error, failing):
            await rest()
        raise
    if failing is None:
        await rest()
