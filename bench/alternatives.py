"""What might replace a library in use: a codec, a Kafka client, another way to use ours."""

import json
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Final

import msgspec
from aiokafka import AIOKafkaProducer
from aiokafka.partitioner import DefaultPartitioner
from confluent_kafka import Producer

from bench.history import Encoded, Past
from bench.kafka import IN_FLIGHT
from bench.rows import Row, p50
from bench.stage import Stage
from shared.events.learning import ExerciseAnswered
from shared.settings import Settings
from shared.topics import declare_topics

TOPIC: Final = "alternatives"
ROUNDS: Final = 5
BATCH_BYTES: Final = 262_144


class SealedStruct(msgspec.Struct):
    """A sealed value as msgspec would read it."""

    subject: str
    category: str
    field: str
    box: str
    object: str = "-"


class AnsweredStruct(msgspec.Struct):
    """The event as msgspec would read it, without the contract's patterns."""

    learner_id: str
    enrolment_id: str
    module_id: str
    exercise_id: str
    answer: SealedStruct
    score: SealedStruct


async def measure(stage: Stage) -> list[Row]:
    """Measure decoding one event three ways and producing events four ways."""
    settings = stage.settings()
    async with stage.learning(running=False, settings=settings) as runtime:
        past = await Past.of(
            stage.facts(), runtime.kernel, learners=stage.size(500, 5), each=stage.size(20, 3)
        )
    records = list(past.encoded())
    await declare_topics(settings.as_seen_by_services(), [TOPIC])
    kafka = await _produced(stage, settings, records)
    return [*_decoded([value for _, value, _ in records if b"score" in value]), *kafka]


def _decoded(values: Sequence[bytes]) -> list[Row]:
    struct = msgspec.json.Decoder(AnsweredStruct)
    ways: dict[str, Callable[[bytes], object]] = {
        "decode: json.loads, pydantic": lambda raw: ExerciseAnswered.model_validate(
            json.loads(raw)
        ),
        "decode: pydantic from JSON": ExerciseAnswered.model_validate_json,
        "decode: msgspec struct": struct.decode,
    }
    took: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, decode in ways.items():
            began = perf_counter()
            for value in values:
                decode(value)
            took[name].append((perf_counter() - began) / len(values) * 1e6)
    first = p50(next(iter(took.values())))
    return [Row(name, p50(t), "us", first, "json.loads, pydantic") for name, t in took.items()]


async def _produced(stage: Stage, settings: Settings, records: Sequence[Encoded]) -> list[Row]:
    topic = settings.namespace + TOPIC
    servers = settings.kafka_bootstrap_servers
    rates: dict[str, list[float]] = {}
    librdkafka = Producer(
        {"bootstrap.servers": servers, "enable.idempotence": True, "linger.ms": 0}
    )
    async with (
        AIOKafkaProducer(bootstrap_servers=servers, enable_idempotence=True) as usual,
        AIOKafkaProducer(
            bootstrap_servers=servers, enable_idempotence=True, max_batch_size=BATCH_BYTES
        ) as large,
    ):
        for _ in range(stage.size(ROUNDS, 1)):
            for name, producer in (("16 kB batches", usual), ("256 kB batches", large)):
                began = perf_counter()
                await _sent(producer, topic, records)
                rate = len(records) / (perf_counter() - began)
                rates.setdefault(f"produce: aiokafka send, {name}", []).append(rate)
            began = perf_counter()
            await _sent_in_batches(large, topic, records)
            rate = len(records) / (perf_counter() - began)
            rates.setdefault("produce: aiokafka send_batch, 256 kB", []).append(rate)
            began = perf_counter()
            for key, value, headers in records:
                librdkafka.produce(topic, value, key=key, headers=list(headers))
            librdkafka.flush()
            rate = len(records) / (perf_counter() - began)
            rates.setdefault("produce: librdkafka", []).append(rate)
    first = p50(next(iter(rates.values())))
    return [Row(name, p50(r), "events/s", first, "aiokafka send") for name, r in rates.items()]


async def _sent(producer: AIOKafkaProducer, topic: str, records: Sequence[Encoded]) -> None:
    for start in range(0, len(records), IN_FLIGHT):
        futures = [
            await producer.send(topic, value, key=key, headers=headers)
            for key, value, headers in records[start : start + IN_FLIGHT]
        ]
        for future in futures:
            await future


async def _sent_in_batches(
    producer: AIOKafkaProducer, topic: str, records: Sequence[Encoded]
) -> None:
    places = sorted(await producer.partitions_for(topic))
    choose = DefaultPartitioner()
    chosen: dict[bytes, int] = {}
    for start in range(0, len(records), IN_FLIGHT):
        by_place: dict[int, list[Encoded]] = {}
        for record in records[start : start + IN_FLIGHT]:
            key = record[0]
            if key not in chosen:
                chosen[key] = choose(key, places, places)
            by_place.setdefault(chosen[key], []).append(record)
        futures = []
        for place, waiting in by_place.items():
            batch = producer.create_batch()
            for key, value, headers in waiting:
                if batch.append(key=key, value=value, timestamp=None, headers=headers) is None:
                    futures.append(await producer.send_batch(batch, topic, partition=place))
                    batch = producer.create_batch()
                    batch.append(key=key, value=value, timestamp=None, headers=headers)
            futures.append(await producer.send_batch(batch, topic, partition=place))
        for future in futures:
            await future
