"""The sample service on the real engines, and what may happen to it."""

import asyncio
import random
from collections import defaultdict
from contextlib import AbstractAsyncContextManager
from typing import Any, Final

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition

from shared.clock import SystemClock
from shared.consuming.envelope import encode
from shared.consuming.projections import TOMBSTONE, ReadModel
from shared.database import AutoReconnect
from shared.event_store import Commit, ConcurrencyConflictError, Metadata, RecordedEvent
from shared.events.base import DomainEvent, SubjectId
from shared.events.retention import ErasureOrdered
from shared.ids import new_id
from shared.settings import Settings
from shared.vault import KeyId
from tests.integration.kernel.conftest import Running, run_sample
from tests.property.kernel.model import SCOPE, person_of
from tests.waiting import eventually, maintained

TOPIC: Final = "identity.events"


class Fragile:
    """Stands before a part of the relay; on demand the next call fails, or is never answered."""

    def __init__(self, part: Any, call: str, having: str | None = None) -> None:
        self._part = part
        self._call = call
        self._having = having
        self.fail_next = False
        self.hang_next = False
        self.hangs = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        if name != self._call:
            return getattr(self._part, name)
        return self._called

    async def _called(self, *arguments: Any, **named: Any) -> Any:
        if self._having is not None and self._having not in arguments[1]:
            return await getattr(self._part, self._call)(*arguments, **named)
        if self.fail_next:
            self.fail_next = False
            raise AutoReconnect("never sent")
        if self.hang_next:
            self.hangs.set()
            await asyncio.Event().wait()
        return await getattr(self._part, self._call)(*arguments, **named)


class World:
    """One running service, with its own topics and databases."""

    def __init__(self, settings: Settings, patch: pytest.MonkeyPatch) -> None:
        self.settings = settings
        self._patch = patch
        self._context: AbstractAsyncContextManager[Running] | None = None
        self._people: ReadModel | None = None

    async def start(self) -> None:
        """Start the service."""
        self._context = run_sample(self.settings, self._patch)
        self.running = await self._context.__aenter__()
        relay: Any = self.running.store._wake_relay.__self__  # type: ignore[attr-defined]
        self.publishing = relay._sender._producer = Fragile(relay._sender._producer, "send_batch")
        self.marking = relay._outbox._commits = Fragile(
            relay._outbox._commits, "update_many", "$unset"
        )
        self.people = ReadModel(self.running.database.collection("people"))

    async def stop(self) -> None:
        """Stop it in order."""
        if self._context is not None:
            await self._context.__aexit__(None, None, None)

    async def restart(self) -> None:
        """Stop the service and start it anew."""
        await self.stop()
        await self.start()

    async def die_when_it_hangs(self, part: Fragile) -> None:
        """End the service once the relay waits in vain at `part`, and start it anew."""
        async with asyncio.timeout(30):
            await part.hangs.wait()
        await self.restart()

    async def append(
        self, stream: str, version: int, events: list[DomainEvent], meta: Metadata
    ) -> Commit:
        """Append to `stream`."""
        return await self.running.store.append(
            stream, version, events, subject=person_of(stream), meta=meta
        )

    async def append_at_once(
        self, stream: str, version: int, attempts: list[list[DomainEvent]]
    ) -> list[Commit | ConcurrencyConflictError]:
        """Let every attempt append at the same version at the same time."""

        async def attempt(events: list[DomainEvent]) -> Commit | ConcurrencyConflictError:
            try:
                return await self.append(stream, version, events, Metadata.system("race"))
            except ConcurrencyConflictError as error:
                return error

        return list(await asyncio.gather(*map(attempt, attempts)))

    async def republish(self) -> None:
        """Have every commit published again."""
        answer = await self.running.client.post("/ops/republish", headers=self.running.headers())
        assert answer.status_code == 200

    async def maintain(self, work: str) -> dict[str, Any]:
        """Rebuild or verify the read model and return how that went."""
        return await maintained(self.running.client, self.running.headers(), "people", work)

    async def published(self) -> list[ConsumerRecord]:
        """Return what stands on the topic, partition by partition."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.settings.kafka_bootstrap_servers,
            auto_offset_reset="earliest",
        )
        async with consumer:
            name = self.settings.namespace + TOPIC
            partitions = [TopicPartition(name, n) for n in range(self.settings.topic_partitions)]
            consumer.assign(partitions)
            records = []
            for partition, end in (await consumer.end_offsets(partitions)).items():
                while await consumer.position(partition) < end:
                    records += (await consumer.getmany(partition, timeout_ms=500))[partition]
            return records

    async def first_published(self) -> dict[str, list[str]]:
        """Return the ids of each stream's events in the order in which they first appeared."""
        first: dict[str, list[str]] = defaultdict(list)
        for record in await self.published():
            headers = {name: value.decode() for name, value in record.headers if value}
            if headers["ce_id"] not in first[headers["ce_stream"]]:
                first[headers["ce_stream"]].append(headers["ce_id"])
        return first

    async def published_of(self, stream: str) -> int:
        """Return how many records of `stream` stand on the topic, repetitions among them."""
        records = await self.published()
        return sum(dict(record.headers)["ce_stream"] == stream.encode() for record in records)

    async def redeliver(self, seed: int) -> None:
        """Send every record again, the streams shuffled among each other, each in its order."""
        streams: dict[bytes, list[ConsumerRecord]] = defaultdict(list)
        for record in await self.published():
            streams[dict(record.headers)["ce_stream"]].append(record)
        order = [stream for stream, records in streams.items() for _ in records]
        random.Random(seed).shuffle(order)  # noqa: S311 - an order, not a secret
        async with AIOKafkaProducer(
            bootstrap_servers=self.settings.kafka_bootstrap_servers
        ) as producer:
            for stream in order:
                record = streams[stream].pop(0)
                headers = list(record.headers)
                await producer.send(record.topic, record.value, key=record.key, headers=headers)

    async def erase(self, person: str) -> None:
        """Order the erasure of `person`, wait until it has been folded, and destroy the key."""
        order = ErasureOrdered(
            case_id=new_id(),
            subject_id=SubjectId(person),
            scopes=(SCOPE,),
            mode="deleted",
            reason="request",
            rule_ids=("identity",),
            closes_account=True,
        )
        meta = Metadata.system("erasure")
        now = SystemClock().now()
        record = RecordedEvent(new_id(), order.case_id, 1, SubjectId(person), now, order, meta)
        key, value, headers = encode("retention", record, order, None)
        async with AIOKafkaProducer(
            bootstrap_servers=self.settings.kafka_bootstrap_servers
        ) as producer:
            topic = self.settings.namespace + "retention.events"
            await producer.send_and_wait(topic, value, key=key, headers=headers)
        people = self.running.database.collection("people")

        async def gone() -> bool:
            return await people.find_one({"_id": person, TOMBSTONE: True}) is not None

        await eventually(gone)
        await self.destroy(person)

    async def destroy(self, person: str) -> None:
        """Destroy the key of the person's name."""
        await self.running.vault.destroy(KeyId(person, SCOPE.category, SCOPE.object))

    async def person(self, person: str) -> dict[str, Any] | None:
        """Return the person's document as the read model has it, its name opened."""
        document = await self.people.get(person)
        if document is None:
            return None
        opened = await self.running.vault.open_document(document)
        name = {"first_name": opened["first_name"].reveal()} if "first_name" in opened else {}
        return {**opened, **name}

    async def all_published(self) -> bool:
        """Tell whether nothing waits in the outbox."""
        commits = self.running.database.collection("commits")
        return await commits.count_documents({"outbox": True}) == 0
