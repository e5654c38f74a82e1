"""Answers that take equally long whoever they are about."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


@asynccontextmanager
async def at_least(
    seconds: float, *, failing: type[Exception] | None = None
) -> AsyncIterator[None]:
    """Leave the block no sooner than `seconds` after it was entered.

    What is done for an account that exists takes some milliseconds more than for one that does
    not; rounded up, the difference is gone (ASVS 6.3.8). With `failing` only that outcome is held
    back, where every other one shows already that the account is known to who asks.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    try:
        yield
    except Exception as error:
        if failing is None or isinstance(error, failing):
            await asyncio.sleep(max(0.0, end - loop.time()))
        raise
    if failing is None:
        await asyncio.sleep(max(0.0, end - loop.time()))
