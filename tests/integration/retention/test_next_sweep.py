"""A sweep tells when the next one will find something."""

from datetime import timedelta

from tests.integration.retention.conftest import World
from tests.integration.retention.test_erasure import live_a_life


async def test_the_next_sweep_finds_something_when_it_is_due_and_nothing_just_before(
    world: World,
) -> None:
    await live_a_life(world)
    seconds = (await world.sweep())["next_in_seconds"]
    assert seconds > 0
    world.clock.move_to(world.clock.now() + timedelta(seconds=seconds - 1))
    early = await world.sweep()
    assert early["announced"] == early["archived"] == early["cases_opened"] == 0
    world.clock.move_to(world.clock.now() + timedelta(seconds=2))
    due = await world.sweep()
    assert due["announced"] + due["archived"] + due["cases_opened"] > 0
