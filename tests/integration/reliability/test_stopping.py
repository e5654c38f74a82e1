"""A service that is asked to stop ends within 15 seconds, whoever is away, and loses nothing."""

import asyncio
from collections.abc import Callable

import pytest
from aiokafka import AIOKafkaProducer

from shared.clock import SystemClock
from shared.consuming.envelope import encode
from shared.database import MongoClient
from shared.event_store import COLLECTION, Metadata, RecordedEvent
from shared.events.base import SubjectId
from shared.events.erasure import DataErased, KeyScope
from shared.events.retention import ErasureOrdered
from shared.ids import new_id
from shared.personal import Category
from tests.integration.kernel.conftest import read_topic
from tests.integration.reliability.conftest import World, first_sequences
from tests.waiting import eventually

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


async def _order_erasure(world: World, learner: SubjectId) -> None:
    """Order consent to forget `learner`, as retention does."""
    order = ErasureOrdered(
        case_id="case-1",
        subject_id=learner,
        scopes=(KeyScope(category=Category.CONTACT),),
        mode="deleted",
        reason="request",
        rule_ids=(),
        closes_account=True,
    )
    meta = Metadata(actor="test", role="system", correlation_id="test")
    record = RecordedEvent(new_id(), "case-1", 1, learner, SystemClock().now(), order, meta)
    key, value, headers = encode("retention", record, order, None)
    async with AIOKafkaProducer(bootstrap_servers=world.settings.kafka) as producer:
        topic = f"{world.settings.namespace}retention.events"
        await producer.send_and_wait(topic, value, key=key, headers=headers)


async def _acknowledgements(world: World) -> int:
    """Return how often consent's store says that it has erased."""
    client = MongoClient(world.settings.mongodb, world.settings.namespace)
    try:
        commits = client.database("consent").collection(COLLECTION)
        return await commits.count_documents({"events.type": DataErased.type_name()})
    finally:
        client.close()


@pytest.mark.timeout(300)
async def test_it_stops_while_a_reaction_tries_again_and_has_its_effect_once_afterwards(
    world: World,
) -> None:
    learner = SubjectId(new_id())
    assert world.decide(learner, "granted").status_code == 200
    world.mongo.kill()
    await _order_erasure(world, learner)

    async def trying_again() -> bool:
        return world.consent.log.count("reaction waits for the database") > 1

    await eventually(trying_again, seconds=60)
    world.consent.stop(within=REQUIRED_SECONDS)
    await asyncio.to_thread(world.mongo.start)
    await asyncio.to_thread(world.consent.start)

    async def acknowledged() -> bool:
        return await _acknowledgements(world) > 0

    await eventually(acknowledged, seconds=60)

    async def nothing_left_to_do() -> bool:
        flow = world.ask("/ops/flow").json()
        partitions = [one for group in flow["groups"] for one in group["partitions"]]
        behind = any(one["position"] < one["end"] for one in partitions)
        return bool(partitions) and not behind and flow["outbox"] == 0

    await eventually(nothing_left_to_do, seconds=60)
    assert await _acknowledgements(world) == 1
