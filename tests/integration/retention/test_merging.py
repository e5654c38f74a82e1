"""A duplicate account whose clocks follow the one that stays, on the real engines."""

from datetime import timedelta

import pytest

from shared.events import identity
from shared.events.base import SubjectId
from tests.integration.retention.conftest import START, World
from tests.integration.retention.test_erasure import live_a_life
from tests.waiting import eventually

DUPLICATE, SURVIVOR = SubjectId("learner-1"), SubjectId("learner-2")


async def due(world: World, who: str) -> str:
    """Return the end of the identity as the officer's list has it."""
    found = await world.get(f"/clocks?subject={who}&category=civil_identity&rule=civil-identity")
    return str(found["items"][0]["due"])


@pytest.mark.promise("C2.1", "C2.5")
async def test_a_duplicate_goes_when_the_account_that_stays_goes(world: World) -> None:
    for who in (DUPLICATE, SURVIVOR):
        await live_a_life(world, who)
    merged = identity.LearnerMerged(learner_id=DUPLICATE, surviving_id=SURVIVOR)
    await world.tell(DUPLICATE, merged)
    before = await due(world, DUPLICATE)
    world.clock.move_to(START + timedelta(days=200))
    await world.tell(SURVIVOR, identity.LearnerLoggedIn(learner_id=SURVIVOR))

    async def follows() -> bool:
        later = await due(world, SURVIVOR)
        return before < later == await due(world, DUPLICATE)

    await eventually(follows)
    [mine] = [
        clock for clock in await world.my_clocks(DUPLICATE) if clock["rule_id"] == "civil-identity"
    ]
    assert mine["due"] == await due(world, SURVIVOR)
