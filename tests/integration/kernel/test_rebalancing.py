"""Consumer groups of several replicas: what a replica tells when partitions come and go."""

import pytest

from shared.settings import Settings
from tests.integration.kernel.conftest import Running, run_sample
from tests.integration.kernel.test_consuming import TOPIC
from tests.waiting import eventually


async def _positions(replica: Running) -> dict[tuple[str, int], tuple[int, int]]:
    """Return position and end of every partition of the topic that `replica` reads."""
    flow = (await replica.client.get("/ops/flow", headers=replica.headers())).json()
    return {
        (group["group"], one["partition"]): (one["position"], one["end"])
        for group in flow["groups"]
        for one in group["partitions"]
        if one["topic"].endswith(TOPIC)
    }


async def test_partitions_that_come_back_are_where_the_group_left_them(
    kernel_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with run_sample(kernel_settings, monkeypatch) as first:
        everything = 2 * kernel_settings.topic_partitions

        async def register(prefix: str) -> None:
            for number in range(12):
                await first.register(f"{prefix}-{number}")

        async def alone_and_done() -> bool:
            positions = await _positions(first)
            read = sum(position for position, _ in positions.values())
            done = all(position == end for position, end in positions.values())
            return len(positions) == everything and done and read >= 24

        await register("before")
        await eventually(alone_and_done)
        async with run_sample(kernel_settings, monkeypatch) as second:

            async def shared() -> bool:
                ours, theirs = await _positions(first), await _positions(second)
                return bool(ours and theirs) and len({**ours, **theirs}) == everything

            async def shared_and_done() -> bool:
                both = {**await _positions(first), **await _positions(second)}
                read = sum(position for position, _ in both.values())
                return read >= 48 and len(both) == everything

            await eventually(shared)
            await register("meanwhile")
            await eventually(shared_and_done)
        await eventually(alone_and_done)
