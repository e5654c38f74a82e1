"""The relay's rest: a stop that meets a wake-up is not lost."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from shared.relay.relay import Relay


class Anything:
    """Stands for collaborators that waiting never calls."""

    def __getattr__(self, name: str) -> Any:
        return lambda *_args, **_fields: SimpleNamespace()


async def test_a_cancellation_that_meets_the_wake_up_ends_the_wait() -> None:
    relay = Relay(
        "identity",
        "identity.events",
        cast("Any", Anything()),
        cast("Any", None),
        lambda _: None,
        cast("Any", None),
        bootstrap_servers="",
        sweep_seconds=60,
    )
    resting = asyncio.create_task(relay._next_turn())
    await asyncio.sleep(0)
    relay.wake(None)
    resting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await resting
