"""What is destroyed in the vault is unreadable in every topic, from the first byte to the last."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from shared.events.base import SubjectId
from shared.http.auth import Role
from shared.personal import Category, Personal, Sealed
from shared.topics import SERVICES, dead_letter_topic, events_topic, partitions_of
from tests.integration.retention.conftest import World
from tests.integration.retention.test_erasure import WHO, live_a_life

OTHER = SubjectId("learner-2")
CANARIES = ("Prénom", "réponse", f"{WHO}@canary.test", "Prénom Nom")


async def every_record(world: World) -> list[ConsumerRecord]:
    """Return every record of every topic of the system, read from the beginning to the end."""
    names = [make(service) for service in SERVICES for make in (events_topic, dead_letter_topic)]
    counts = await partitions_of(world.settings, names)
    assert set(counts) == set(names)
    places = [
        TopicPartition(world.settings.namespace + name, number)
        for name, count in counts.items()
        for number in range(count)
    ]
    records: list[ConsumerRecord] = []
    consumer = AIOKafkaConsumer(bootstrap_servers=world.settings.kafka_bootstrap_servers)
    async with consumer:
        consumer.assign(places)
        await consumer.seek_to_beginning(*places)
        for place, end in (await consumer.end_offsets(places)).items():
            while await consumer.position(place) < end:
                records += (await consumer.getmany(place, timeout_ms=500))[place]
    return records


def sealed_in(node: Any) -> Iterator[Sealed]:
    """Yield every sealed value somewhere inside `node`."""
    if isinstance(node, dict):
        if "box" in node:
            yield Sealed.model_validate(node)
        node = list(node.values())
    if isinstance(node, list):
        for one in node:
            yield from sealed_in(one)


async def read_back(world: World, subject: SubjectId) -> dict[Category, set[str]]:
    """Return what every service together can still open of a person on all topics."""
    vaults = [world.fresh_vault(service) for service in SERVICES]
    found: dict[Category, set[str]] = {}
    for record in await every_record(world):
        for sealed in sealed_in(json.loads(record.value or b"null")):
            for vault in vaults:
                if sealed.subject != subject or not vault.holds(sealed.category):
                    continue
                opened = await vault.open(Personal(sealed))
                if not opened.is_erased:
                    found.setdefault(sealed.category, set()).add(opened.text())
    return found


def plain_in(records: list[ConsumerRecord]) -> set[str]:
    """Return the canaries that stand in any byte of any record: key, value or header."""
    everything = b"\n".join(
        part
        for record in records
        for part in (record.key, record.value, *(value for _, value in record.headers))
        if part is not None
    )
    forms = {one: {one.encode(), json.dumps(one)[1:-1].encode()} for one in CANARIES}
    return {one for one, written in forms.items() if any(form in everything for form in written)}


@pytest.mark.promise("C8.4", "C2.11", "C2.4")
async def test_after_an_erasure_nothing_of_the_person_can_be_read_on_any_topic(
    world: World,
) -> None:
    for who in (WHO, OTHER):
        await live_a_life(world, who)
    before = await read_back(world, WHO)
    assert before == {
        Category.CIVIL_IDENTITY: {"Prénom", "Nom"},
        Category.CONTACT: {f"{WHO}@canary.test"},
        Category.LEARNING_HISTORY: {"réponse", "80"},
        Category.PAYMENT: {"Prénom Nom", "12000"},
    }, "the search finds what can be read"
    learner = world.headers(WHO, Role.LEARNER)
    await world.client.post("/me/erasure", json={"confirm": True}, headers=learner)
    await world.certified(1)
    assert plain_in(await every_record(world)) == set()
    assert set(await read_back(world, WHO)) == {Category.PAYMENT}, "the law keeps the invoice"
    world.clock.move_to(datetime(2036, 12, 31, 23, tzinfo=UTC))
    await world.sweep()
    await world.certified(2)
    assert await read_back(world, WHO) == {}
