"""Every replica drops an unwrapped key at once, not the one of its group that hears of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions

from shared.clock import SystemClock
from shared.consuming import broadcast
from shared.consuming.broadcast import Broadcast
from shared.consuming.envelope import Envelope, encode
from shared.database import MongoClient
from shared.event_store import Metadata, RecordedEvent
from shared.events.base import SubjectId
from shared.events.retention import KeyDestroyed, KeyDisabled, KeyEnabled, RetentionEvent
from shared.ids import new_id
from shared.personal import WHOLE, Category
from shared.settings import Settings
from shared.topics import declare_topics
from shared.vault import DataKeys, KeyId, KeyringEncryption, Vault, load_keyring
from tests.integration.kernel.conftest import Running, run_sample
from tests.integration.kernel.sample import Registered
from tests.waiting import eventually

WHO = SubjectId("subject-1")
NAME_KEY = KeyId(WHO, Category.CIVIL_IDENTITY, WHOLE)
FACT = {"case_id": "c1", "subject_id": WHO, "category": NAME_KEY.category, "object": WHOLE}


class Retention:
    """What the retention service does to keys and says about it."""

    def __init__(self, settings: Settings, mongo: MongoClient, producer: AIOKafkaProducer) -> None:
        keyring = load_keyring(settings.keyring_file("retention"))
        keys = DataKeys(mongo.database("vault"), KeyringEncryption(keyring), SystemClock())
        self.vault = Vault(keys, keyring)
        self._topic = settings.namespace + "retention.events"
        self._producer = producer

    async def tell(self, event: RetentionEvent, partition: int | None = None) -> None:
        record = RecordedEvent(
            id=new_id(),
            stream="case-c1",
            version=1,
            subject=WHO,
            at=SystemClock().now(),
            event=event,
            meta=Metadata.system("test"),
        )
        key, value, headers = encode("retention", record, event, None)
        await self._producer.send_and_wait(
            self._topic, value, key=key, headers=headers, partition=partition
        )


@pytest.fixture
def retention(
    kernel_settings: Settings, mongo: MongoClient, producer: AIOKafkaProducer
) -> Retention:
    return Retention(kernel_settings, mongo, producer)


@pytest.fixture
async def replicas(
    kernel_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[list[Running]]:
    """Two replicas of one service, each with a vault of its own whose keys never grow old."""
    monkeypatch.setattr("shared.vault.unwrapped.CACHE_SECONDS", 3600.0)
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(run_sample(kernel_settings, monkeypatch))
            for _ in range(2)
        ]


async def _names(replicas: list[Running]) -> list[str]:
    names = []
    for replica in replicas:
        event = (await replica.store.load(f"learner-{WHO}"))[0].event
        assert isinstance(event, Registered)
        names.append(event.first_name.text())
    return names


def _reads(replicas: list[Running], *names: str) -> Callable[[], Awaitable[bool]]:
    async def check() -> bool:
        return await _names(replicas) == list(names)

    return check


@pytest.mark.promise("C8.4", "C2.11")
async def test_every_replica_drops_a_key_at_once_when_it_is_closed_or_opened_again(
    replicas: list[Running], retention: Retention
) -> None:
    await replicas[0].register(WHO, "Canari")
    assert await _names(replicas) == ["Canari", "Canari"]
    await retention.vault.disable(NAME_KEY)
    assert await _names(replicas) == ["Canari", "Canari"], "both still have the key unwrapped"
    await retention.tell(KeyDisabled(**FACT, destroy_at=SystemClock().now()))
    await eventually(_reads(replicas, "—", "—"))
    await retention.vault.enable(NAME_KEY)
    await retention.tell(KeyEnabled(**FACT))
    await eventually(_reads(replicas, "Canari", "Canari"))
    await retention.vault.destroy(NAME_KEY)
    await retention.tell(KeyDestroyed(**FACT))
    await eventually(_reads(replicas, "—", "—"))


async def test_a_key_asked_for_while_its_scope_is_closed_is_not_remembered(
    running: Running, retention: Retention, monkeypatch: pytest.MonkeyPatch
) -> None:
    await running.register(WHO, "Canari")
    running.vault.drop(NAME_KEY)
    find = DataKeys.find
    answered, go_on = asyncio.Event(), asyncio.Event()

    async def slow_find(keys: DataKeys, ids: list[KeyId]) -> dict[KeyId, bytes | None]:
        found = await find(keys, ids)
        answered.set()
        await go_on.wait()
        return found

    monkeypatch.setattr(DataKeys, "find", slow_find)
    reading = asyncio.create_task(running.store.load(f"learner-{WHO}"))
    await answered.wait()
    await retention.vault.disable(NAME_KEY)
    running.vault.drop(NAME_KEY)
    go_on.set()
    await reading
    monkeypatch.setattr(DataKeys, "find", find)
    assert await _names([running]) == ["—"]


@pytest.fixture
async def heard(
    kernel_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[list[Envelope | None]]:
    """What a reader of retention's news hears; `None` where something may have passed unheard."""
    monkeypatch.setattr(broadcast, "NEW_PARTITIONS_SEEN_WITHIN_MS", 200)
    monkeypatch.setattr(broadcast, "POLL_MS", 200)
    await declare_topics(kernel_settings, ["retention.events"])
    news: list[Envelope | None] = []
    reader = Broadcast(
        ["retention.events"], kernel_settings, hear=news.append, missed=lambda: news.append(None)
    )
    await reader.start()
    task = asyncio.create_task(reader.run())
    yield news
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await reader.stop()


async def test_news_on_partitions_that_are_added_later_is_heard(
    heard: list[Envelope | None], retention: Retention, kernel_settings: Settings
) -> None:
    assert heard == [None]
    admin = AIOKafkaAdminClient(bootstrap_servers=kernel_settings.kafka_bootstrap_servers)
    await admin.start()
    topic = kernel_settings.namespace + "retention.events"
    added = kernel_settings.topic_partitions
    await admin.create_partitions({topic: NewPartitions(total_count=added + 1)})
    await admin.close()

    async def noticed() -> bool:
        return heard == [None, None]

    await eventually(noticed)
    await retention.tell(KeyDestroyed(**FACT), partition=added)

    async def told() -> bool:
        return isinstance(heard[-1], Envelope)

    await eventually(told)


async def test_what_cannot_be_read_does_not_end_the_news(
    heard: list[Envelope | None],
    retention: Retention,
    producer: AIOKafkaProducer,
    kernel_settings: Settings,
) -> None:
    await producer.send_and_wait(kernel_settings.namespace + "retention.events", b"{")
    await retention.tell(KeyDestroyed(**FACT))

    async def told() -> bool:
        return isinstance(heard[-1], Envelope)

    await eventually(told)


async def test_a_reader_stopped_right_after_its_start_leaves_nothing_open(
    kernel_settings: Settings,
) -> None:
    await declare_topics(kernel_settings, ["retention.events"])
    reader = Broadcast(["retention.events"], kernel_settings, hear=print, missed=lambda: None)
    await reader.start()
    await reader.stop()
    starting = asyncio.create_task(reader.start())
    await asyncio.sleep(0)
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)
