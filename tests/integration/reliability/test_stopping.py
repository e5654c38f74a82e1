"""A service that is asked to stop ends within 15 seconds, whoever is away, and loses nothing."""

import asyncio
from collections.abc import Callable

import pytest

from shared.ids import new_id
from tests.integration.kernel.conftest import read_topic
from tests.integration.reliability.conftest import World, first_sequences

REQUIRED_SECONDS = 15

Absence = Callable[[World], None]


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("leave", "come_back"),
    [
        (lambda world: world.kafka.freeze(), lambda world: world.kafka.thaw()),
        (lambda world: world.kafka.kill(), lambda world: world.kafka.start()),
    ],
    ids=["frozen", "killed"],
)
async def test_it_stops_while_kafka_is_away_and_publishes_after_the_restart(
    world: World, leave: Absence, come_back: Absence
) -> None:
    learner = new_id()
    assert world.decide(learner, "granted").status_code == 200
    await read_topic(world.kernel_settings, "consent.events", 1)
    leave(world)
    for decision in ("withdrawn", "granted", "withdrawn"):
        assert world.decide(learner, decision).status_code == 200
    world.consent.stop(within=REQUIRED_SECONDS)
    await asyncio.to_thread(come_back, world)
    await asyncio.to_thread(world.consent.start)
    assert await first_sequences(world, 4) == [1, 2, 3, 4]


@pytest.mark.timeout(300)
async def test_it_stops_while_mongodb_does_not_answer(world: World) -> None:
    learner = new_id()
    assert world.decide(learner, "granted").status_code == 200
    world.mongo.freeze()
    world.consent.stop(within=REQUIRED_SECONDS)
    world.mongo.thaw()
    await asyncio.to_thread(world.consent.start)
    assert world.decide(learner, "withdrawn").status_code == 200
    assert await first_sequences(world, 2) == [1, 2]
