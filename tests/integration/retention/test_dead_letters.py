"""Contents of dead letters go by the same clocks and the same saga as everything else."""

from datetime import timedelta
from typing import Any

import pytest

from shared.consuming.dead_letters import key_of, subject_of
from shared.http.auth import Role
from tests.integration.retention.conftest import START, World
from tests.waiting import eventually


async def _ask(world: World, method: str, path: str, **body: Any) -> tuple[int, Any]:
    answer = await world.client.request(
        method,
        f"/ops/dead-letters{path}",
        json=body or None,
        headers=world.headers("operator", Role.ADMINISTRATOR),
    )
    return answer.status_code, answer.json()


@pytest.mark.promise("C2.11")
async def test_the_contents_of_a_month_are_erased_three_months_after_the_first(
    world: World,
) -> None:
    topic = f"{world.settings.namespace}identity.events"
    await world.producer.send_and_wait(topic, b"no event of ours", key=b"k")
    letters: list[dict[str, Any]] = []

    async def kept() -> bool:
        letters[:] = (await _ask(world, "GET", ""))[1]["items"]
        return bool(letters)

    await eventually(kept)
    path = f"/{letters[0]['id']}/showing"
    assert (await _ask(world, "POST", path, reason="a look"))[0] == 200
    subject = subject_of("retention")
    await world.knows(subject, clocks=1)

    world.clock.move_to(START + timedelta(days=80))
    assert (await world.sweep())["cases_opened"] == 0
    world.clock.move_to(START + timedelta(days=93))
    # Every participant that met the record keeps a month of its own.
    assert (await world.sweep())["cases_opened"] >= 1

    async def destroyed() -> bool:
        key_id = key_of(subject, letters[0]["month"])
        return await world.vaults["retention"].is_destroyed(key_id)

    await eventually(destroyed)

    async def unreadable() -> bool:
        return (await _ask(world, "POST", path, reason="a look"))[0] == 410

    await eventually(unreadable)
    status, listed = await _ask(world, "GET", f"/{letters[0]['id']}")
    assert (status, listed["state"]) == (200, "waiting")
