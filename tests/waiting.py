"""Waiting for what a running service does by itself, without any fixed time."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from tenacity import AsyncRetrying, retry_if_result, stop_after_delay, wait_fixed


async def eventually(check: Callable[[], Awaitable[bool]], *, seconds: float = 30) -> None:
    """Wait until `check` holds, looking again every 20 ms; fail after `seconds`."""
    looking = AsyncRetrying(
        retry=retry_if_result(lambda held: not held),
        stop=stop_after_delay(seconds),
        wait=wait_fixed(0.02),
        retry_error_callback=lambda _: pytest.fail("it never came true"),
    )

    async def look() -> bool:
        # A coroutine that nobody awaits would count as true.
        return await check()

    await looking(look)


async def caught_up(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    """Wait until a service has published all it stored and taken in all that was published."""

    async def nothing_left() -> bool:
        flow = (await client.get("/ops/flow", headers=headers)).json()
        parts = [part for group in flow["groups"] for part in group["partitions"]]
        behind = [part for part in parts if part["position"] < part["end"]]
        return bool(parts) and not behind and flow["outbox"] == 0

    await eventually(nothing_left)


async def maintained(
    client: httpx.AsyncClient, headers: dict[str, str], name: str, work: str
) -> dict[str, Any]:
    """Have read model `name` rebuilt or verified and return its status once that is over."""
    begun = await client.post(f"/ops/projections/{name}/{work}", headers=headers)
    assert begun.status_code == 202, begun.text
    status: dict[str, Any] = {}

    async def over() -> bool:
        listed = (await client.get("/ops/projections", headers=headers)).json()
        status.update(next(one for one in listed if one["name"] == name))
        return not status["running"]

    await eventually(over)
    assert status["failure"] is None
    return status
