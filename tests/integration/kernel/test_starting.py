"""A start that does not succeed at once leaves nothing behind."""

import asyncio
from collections.abc import Sequence

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import LeaderNotAvailableError

from shared.consuming.envelope import Envelope, Record
from shared.consuming.history import History
from shared.settings import Settings
from shared.topic_ends import TopicEnds
from shared.topics import declare_topics
from tests.integration.kernel.conftest import run_sample
from tests.integration.kernel.test_consuming import TOPIC
from tests.waiting import eventually


class _Consumers:
    """Watches who is started and stopped; the first of some starts fails once connected."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, failing: int) -> None:
        self.failing = failing
        self.started: list[AIOKafkaConsumer] = []
        self.connecting = asyncio.Event()
        start = AIOKafkaConsumer.start

        async def watched(consumer: AIOKafkaConsumer) -> None:
            self.started.append(consumer)
            self.connecting.set()
            await start(consumer)
            if len(self.started) == self.failing:
                raise LeaderNotAvailableError

        monkeypatch.setattr(AIOKafkaConsumer, "start", watched)

    def open(self) -> list[AIOKafkaConsumer]:
        """Return who was started and never stopped."""
        return [consumer for consumer in self.started if not consumer._closed]


@pytest.mark.parametrize("failing", [1, 2, 4])
async def test_a_second_try_leaves_no_consumer_of_the_first(
    kernel_settings: Settings, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    consumers = _Consumers(monkeypatch, failing)
    async with run_sample(kernel_settings, monkeypatch) as sample:
        # One asks where the service's own topic ends, one hears of keys, and two read.
        assert len(consumers.started) == 4 + max(1, failing - 2)
        assert len(consumers.open()) == 3
        await sample.register("who-comes-after")

        async def is_shown() -> bool:
            return bool((await sample.client.get("/people/who-comes-after")).json())

        await eventually(is_shown)
    assert consumers.open() == []


@pytest.fixture
async def declared(kernel_settings: Settings) -> Settings:
    """Settings of a namespace with its topics, in which nobody else opens connections."""
    await declare_topics(kernel_settings, [TOPIC])
    return kernel_settings


async def test_a_question_under_way_at_the_stop_leaves_no_connection(
    declared: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    consumers = _Consumers(monkeypatch, failing=0)
    ends = TopicEnds(declared.kafka_bootstrap_servers)
    place = TopicPartition(declared.namespace + TOPIC, 0)
    asked = asyncio.create_task(ends.of([place]))
    await consumers.connecting.wait()
    await ends.close()
    assert await asked == {place: 0}
    assert consumers.open() == []


async def test_a_history_that_cannot_begin_is_closed(
    declared: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    consumers = _Consumers(monkeypatch, failing=1)
    with pytest.raises(LeaderNotAvailableError):
        async with History(declared, [TOPIC], _nothing):
            raise AssertionError("it has begun")
    assert consumers.open() == []


async def _nothing(records: Sequence[Record]) -> list[tuple[Envelope, Record]]:
    raise AssertionError(f"{len(records)} records were read")
