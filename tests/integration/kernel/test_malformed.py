"""Malformed records by the thousand change nothing for the good ones among them."""

import asyncio
import os
import random
from typing import Final

import psutil
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from shared.consuming.dead_letter_state import DeadLetter
from tests.integration.kernel.conftest import Running
from tests.integration.kernel.malformed import Outgoing, login, malformed, registration, unknown
from tests.waiting import eventually

TOPIC: Final = "identity.events"
DEAD: Final = "identity.dlq"
RECORDS: Final = int(os.environ.get("CARIONEXIQ_MALFORMED_RECORDS", "3000"))
SEED: Final = int(os.environ.get("CARIONEXIQ_MALFORMED_SEED", "1"))
SUBJECTS: Final = 50
LOGINS: Final = 3
UNKNOWN: Final = 100
GROUPS: Final = 2
MOST_GROWTH: Final = 40 * 2**20 + RECORDS * 16 * 2**10


def _mixed(rng: random.Random, subjects: list[str], bad: int) -> list[Outgoing]:
    """Return everything to be sent in an order that keeps each subject's own."""
    good = {subject: [registration(subject)] for subject in subjects}
    for subject, events in good.items():
        events += [login(subject, sequence) for sequence in range(2, LOGINS + 2)]
    others = [*malformed(rng, subjects, bad), *(unknown(subjects[0]) for _ in range(UNKNOWN))]
    places: list[Outgoing | str] = [
        *others,
        *(subject for subject in subjects for _ in good[subject]),
    ]
    rng.shuffle(places)
    return [good[place].pop(0) if isinstance(place, str) else place for place in places]


async def _send(running: Running, records: list[Outgoing]) -> None:
    async with AIOKafkaProducer(
        bootstrap_servers=running.settings.kafka_bootstrap_servers,
        compression_type="gzip",
        linger_ms=20,
    ) as producer:
        sent = [
            await producer.send(
                running.settings.namespace + TOPIC,
                record.value,
                key=record.key,
                headers=list(record.headers),
            )
            for record in records
        ]
        await asyncio.gather(*sent)


async def _kept(consumer: AIOKafkaConsumer, topic: str) -> int:
    partitions = [TopicPartition(topic, p) for p in consumer.partitions_for_topic(topic) or ()]
    return sum((await consumer.end_offsets(partitions)).values())


async def _letters(running: Running) -> list[DeadLetter]:
    page = await running.runtime.dead_letter_queue.page(limit=RECORDS)
    assert page.next is None
    return page.items


async def test_good_records_take_effect_among_thousands_of_malformed_ones(running: Running) -> None:
    rng = random.Random(SEED)  # noqa: S311 - reproducible disorder
    subjects = [f"subject-{number}" for number in range(SUBJECTS)]
    bad = RECORDS - SUBJECTS * (LOGINS + 1) - UNKNOWN
    records = _mixed(rng, subjects, bad)
    assert len(records) == RECORDS
    before = psutil.Process().memory_info().rss
    await _send(running, records)

    async def all_folded() -> bool:
        everybody = await running.database.collection("people").find({}).to_list(None)
        return {one["_id"]: one["logins"] for one in everybody} == dict.fromkeys(subjects, LOGINS)

    topic = running.settings.namespace + DEAD
    async with AIOKafkaConsumer(
        topic, bootstrap_servers=running.settings.kafka_bootstrap_servers
    ) as consumer:

        async def all_buried() -> bool:
            return await _kept(consumer, topic) >= bad

        await eventually(all_buried, seconds=120)
    await eventually(all_folded)
    for subject in subjects:
        assert await running.greetings(subject) == 1
    assert (await running.client.get("/health/ready")).status_code == 200
    letters = await _letters(running)
    assert len({letter.origin for letter in letters}) == len(letters) == bad, f"seed {SEED}"
    assert all(letter.reason.startswith("malformed: ") for letter in letters)
    newer = [letter for letter in letters if "newer version" in letter.reason]
    assert newer
    growth = psutil.Process().memory_info().rss - before
    assert growth < MOST_GROWTH
