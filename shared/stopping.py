"""A graceful stop that ends: what is not finished in time is handed back, which is never a loss.

Whatever a service holds is durable elsewhere until it is done: a commit stays in the outbox, a
record stays unacknowledged, and both are taken up again by another replica or after the restart.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final

from shared import telemetry

STOPS_WITHIN_SECONDS: Final = 8.0
"""For everything a service does at its stop; requests under way have had their time before."""
LAST_CHANCE_SECONDS: Final = 0.5
"""What a step gets when the time is used up, and what a cancelled one gets to clean up."""

log = telemetry.logger(__name__)


class GracefulStop:
    """Takes the steps of a stop one by one, all of them together within a time."""

    def __init__(self, within: float = STOPS_WITHIN_SECONDS) -> None:
        self._deadline = _now() + within

    async def step(self, name: str, action: Coroutine[Any, Any, object], *, most: float) -> bool:
        """Take one step, at most for `most` seconds; tell whether it was finished.

        What goes wrong in a step keeps nobody from the next one.
        """
        left = max(LAST_CHANCE_SECONDS, min(most, self._deadline - _now()))
        task = asyncio.create_task(action, name=name)
        await asyncio.wait({task}, timeout=left)
        if not task.done():
            log.warning("handed back at the stop", part=name, after_seconds=round(left, 1))
            task.cancel()
            await asyncio.wait({task}, timeout=LAST_CHANCE_SECONDS)
            return False
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a step of the stop failed", part=name, exc_info=error)
            return False
        return True


def _now() -> float:
    return asyncio.get_running_loop().time()
