"""Waiting for something that is told by nothing but looking."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

LOOKS_EVERY_SECONDS: Final = 0.01
PATIENCE_SECONDS: Final = 600


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Return once `condition` holds.

    Raises:
        TimeoutError: it does not come to hold.
    """
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await condition():  # noqa: ASYNC110 - nothing tells it but looking
            await asyncio.sleep(LOOKS_EVERY_SECONDS)
