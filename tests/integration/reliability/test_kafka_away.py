"""While Kafka is away commands are taken; what they lead to is published when it is back."""

import asyncio
from typing import Any

import pytest

from shared.ids import new_id
from tests.integration.kernel.conftest import read_topic
from tests.integration.reliability.conftest import World, first_sequences
from tests.waiting import eventually

DECISIONS = ["granted", "withdrawn"] * 10
COMPLAINTS = 30
"""More lines than that would hide what else happens."""


@pytest.mark.timeout(300)
async def test_commands_go_on_while_kafka_is_away_and_are_published_afterwards(
    world: World,
) -> None:
    learner = new_id()
    assert world.decide(learner, DECISIONS[0]).status_code == 200
    await read_topic(world.kernel_settings, "consent.events", 1)

    async def written_down() -> bool:
        return bool(world.ask("/ops/flow?ask_broker=false").json()["outbox"] == 0)

    await eventually(written_down)
    world.kafka.kill()
    before = len(world.consent.log.splitlines())
    for decision in DECISIONS[1:]:
        assert world.decide(learner, decision).status_code == 200
    ready = world.ask("/health/ready")
    assert ready.status_code == 200
    assert ready.json()["kafka"] is False
    flow: dict[str, Any] = world.ask("/ops/flow?ask_broker=false").json()
    assert flow["outbox"] == len(DECISIONS) - 1
    complaints = [
        line for line in world.consent.log.splitlines()[before:] if '"event": "request"' not in line
    ]
    assert len(complaints) < COMPLAINTS
    await asyncio.to_thread(world.kafka.start)
    sequences = await first_sequences(world, len(DECISIONS))
    assert sequences == list(range(1, len(DECISIONS) + 1))
