"""Consumers: duplicates, disorder and poison change nothing for what is right."""

import asyncio

import pytest
from aiokafka import AIOKafkaProducer, ConsumerRecord

from shared import telemetry
from shared.consuming.projections import ReadModel
from shared.events.base import SubjectId
from shared.events.erasure import KeyScope
from shared.events.retention import ErasureOrdered
from shared.personal import Category
from shared.settings import Settings
from tests.integration.kernel.conftest import META, Running, read_topic, run_sample
from tests.integration.kernel.sample import SignedIn
from tests.waiting import eventually, maintained

TOPIC = "identity.events"


async def sign_in(running: Running, subject: str, version: int) -> None:
    await running.store.append(
        f"learner-{subject}",
        version,
        [SignedIn(learner_id=SubjectId(subject))],
        subject=SubjectId(subject),
        meta=META,
    )


async def logins(running: Running, subject: str) -> object:
    return (await running.person(subject)).get("logins")


async def resend(producer: AIOKafkaProducer, record: ConsumerRecord) -> None:
    await producer.send_and_wait(
        record.topic, record.value, key=record.key, headers=list(record.headers)
    )


async def test_duplicate_and_late_deliveries_change_nothing(
    running: Running, producer: AIOKafkaProducer
) -> None:
    await running.register("subject-1")
    for version in (1, 2, 3):
        await sign_in(running, "subject-1", version)

    async def three() -> bool:
        return await logins(running, "subject-1") == 3

    await eventually(three)
    records = await read_topic(running.settings, TOPIC, 4)
    for record in [*reversed(records), *records]:
        await resend(producer, record)
    await running.register("subject-2")

    async def marker_seen() -> bool:
        return bool(await running.person("subject-2")) and bool(
            await running.greetings("subject-2")
        )

    await eventually(marker_seen)
    await sign_in(running, "subject-1", 4)

    async def four() -> bool:
        return await logins(running, "subject-1") == 4

    await eventually(four)
    assert await running.greetings("subject-1") == 1


@pytest.mark.parametrize(
    "value",
    [b"", b"not json", b"\xff\xfe\x00", b'{"learner_id": 7}', b"[" * 5000, b'{"a":1}' * 10_000],
)
async def test_poison_goes_to_the_dead_letters_without_stalling_its_partition(
    running: Running, producer: AIOKafkaProducer, value: bytes
) -> None:
    await running.register("subject-1")
    (good,) = await read_topic(running.settings, TOPIC, 1)
    bad_headers = [(name, text) for name, text in good.headers if name != "ce_id"]
    await producer.send_and_wait(
        good.topic, value, partition=good.partition, headers=list(good.headers)
    )
    await producer.send_and_wait(
        good.topic, good.value, partition=good.partition, headers=bad_headers
    )
    await producer.send_and_wait(good.topic, value, partition=good.partition)
    await sign_in(running, "subject-1", 1)

    async def went_on() -> bool:
        return await logins(running, "subject-1") == 1

    await eventually(went_on)
    # Three bad records, which reactions and projections refuse, and which are kept once.
    dead = await read_topic(running.settings, "identity.dlq", 3)
    for record in dead:
        headers = dict(record.headers)
        assert headers["dlq_reason"].startswith(b"malformed: ")
        assert headers["dlq_topic"] == good.topic.encode()
    flow = (await running.client.get("/ops/flow", headers=running.headers())).json()
    assert flow["dead_letters"] == len(dead)


async def test_unknown_event_types_are_skipped(
    running: Running, producer: AIOKafkaProducer
) -> None:
    await running.register("subject-1")
    (good,) = await read_topic(running.settings, TOPIC, 1)
    unknown = [
        (name, b"com.carionexiq.FromTheFuture.v1" if name == "ce_type" else text)
        for name, text in good.headers
    ]
    await producer.send_and_wait(good.topic, b"{}", partition=good.partition, headers=unknown)
    await sign_in(running, "subject-1", 1)

    async def went_on() -> bool:
        return await logins(running, "subject-1") == 1

    await eventually(went_on)
    flow = (await running.client.get("/ops/flow", headers=running.headers())).json()
    assert flow["dead_letters"] == 0


@pytest.mark.parametrize("kind", ["failing", "stubborn"])
async def test_a_reaction_that_cannot_succeed_ends_in_the_dead_letters_with_its_reason(
    running: Running, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    getattr(running.sample, kind).add("subject-1")
    await running.register("subject-1")
    await running.register("subject-2")
    (dead,) = await read_topic(running.settings, "identity.dlq", 1)
    headers = {name: value.decode() for name, value in dead.headers}
    expected = {
        "failing": ("greet: PermanentFailureError", "1"),
        "stubborn": ("greet: ValueError", "5"),
    }
    assert (headers["dlq_reason"], headers["dlq_attempts"]) == expected[kind]

    async def other_went_on() -> bool:
        return await running.greetings("subject-2") == 1

    await eventually(other_went_on)
    assert await running.greetings("subject-1") == 0
    assert "canary-in-a-reaction" not in capsys.readouterr().out


@pytest.mark.promise("C8.4")
async def test_a_rebuilt_read_model_equals_the_running_one_also_after_erasure(
    running: Running, producer: AIOKafkaProducer
) -> None:
    for number in range(12):
        await running.register(f"subject-{number}", f"Canari{number}")
        await sign_in(running, f"subject-{number}", 1)
    order = ErasureOrdered(
        case_id="case-1",
        subject_id=SubjectId("subject-3"),
        scopes=(KeyScope(category=Category.CIVIL_IDENTITY),),
        mode="deleted",
        reason="request",
        rule_ids=("identity",),
        closes_account=True,
    )
    (some,) = await read_topic(running.settings, TOPIC, 1)
    headers = dict(some.headers) | {
        "ce_type": b"com.carionexiq.ErasureOrdered.v1",
        "ce_source": b"/services/retention",
        "ce_subject": b"subject-3",
        "ce_stream": b"case-1",
        "ce_time": b"2099-01-01T00:00:00+00:00",
    }

    async def all_there() -> bool:
        model = ReadModel(running.database.collection("people"))
        return await model.count({"logins": 1}) == 12

    await eventually(all_there)
    await producer.send_and_wait(
        running.settings.namespace + "retention.events",
        order.model_dump_json().encode(),
        key=b"subject-3",
        headers=list(headers.items()),
    )

    people = running.database.collection("people")

    async def gone_and_acknowledged() -> bool:
        tombstone = await people.find_one({"_id": "subject-3", "_gone": True})
        return tombstone is not None and "identity:erasure-case-1" in tombstone["_seen"]

    await eventually(gone_and_acknowledged)
    assert await running.person("subject-3") == {}
    live = {d["_id"]: d async for d in people.find({})}
    await people.delete_one({"_id": "subject-5"})
    await maintained(running.client, running.headers(), "people", "rebuild")
    rebuilt = {d["_id"]: d async for d in people.find({})}
    for document in (*live.values(), *rebuilt.values()):
        del document["_rev"]
    assert rebuilt == live


async def test_an_erasure_order_is_acknowledged_once_with_counts(
    running: Running, producer: AIOKafkaProducer
) -> None:
    await running.register("subject-1")
    (some,) = await read_topic(running.settings, TOPIC, 1)
    order = ErasureOrdered(
        case_id="case-1",
        subject_id=SubjectId("subject-1"),
        scopes=(KeyScope(category=Category.CIVIL_IDENTITY), KeyScope(category=Category.PAYMENT)),
        mode="deleted",
        reason="term",
        rule_ids=("identity",),
        closes_account=False,
    )
    for event_id in (b"order-1", b"order-1", b"order-2"):
        headers = dict(some.headers) | {
            "ce_id": event_id,
            "ce_type": b"com.carionexiq.ErasureOrdered.v1",
            "ce_source": b"/services/retention",
        }
        await producer.send_and_wait(
            running.settings.namespace + "retention.events",
            order.model_dump_json().encode(),
            key=b"subject-1",
            headers=list(headers.items()),
        )
    records = await read_topic(running.settings, TOPIC, 3)
    acknowledgements = [r for r in records if b"DataErased" in dict(r.headers)["ce_type"]]
    assert len({dict(r.headers)["ce_id"] for r in acknowledgements}) == 1
    assert b'"counts":{"civil_identity":1,"payment":0}' in acknowledgements[0].value
    assert len(await running.store.load("erasure-case-1")) == 1


async def test_a_trace_runs_through_the_kafka_hop(
    running: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    with telemetry.span("test", {}, parent=parent):
        await running.register("subject-1")
    (record,) = await read_topic(running.settings, TOPIC, 1)
    traceparent = dict(record.headers)["traceparent"].decode()
    assert traceparent.split("-")[1] == parent.split("-")[1]


async def test_errors_never_quote_their_text(
    running: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    response = await running.client.get(
        "/me/failure",
        headers=running.headers("canary-subject", "learner") | {"Accept-Language": "en"},  # type: ignore[arg-type]
    )
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert "canary-in-an-error" not in response.text
    assert "canary-in-an-error" not in capsys.readouterr().out


async def test_what_comes_during_a_batch_does_not_wait_for_a_long_poll_of_other_partitions(
    kernel_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.consuming.consumer.POLL_MS", 30_000)
    async with run_sample(kernel_settings, monkeypatch) as running:
        await running.register("subject-1")
        await read_topic(running.settings, TOPIC, 1)
        # One is worked on and one waits, longer than aiokafka then polls the other partitions.
        async with running.runtime.maintenance.folding():
            for version in (1, 2):
                await sign_in(running, "subject-1", version)
                await asyncio.sleep(0.3)
        await sign_in(running, "subject-1", 3)

        async def three() -> bool:
            return await logins(running, "subject-1") == 3

        await eventually(three, seconds=10)


async def test_a_service_that_subscribes_today_begins_with_the_first_event(
    running: Running, kernel_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    subjects = [f"subject-{number}" for number in range(5)]
    for subject in subjects:
        await running.register(subject)
        await sign_in(running, subject, 1)
    await read_topic(running.settings, TOPIC, 2 * len(subjects))
    async with run_sample(kernel_settings, monkeypatch, name="learning") as newcomer:

        async def knows_everything() -> bool:
            people = await newcomer.database.collection("people").find({}).to_list(None)
            known = {one["_id"]: one["logins"] for one in people}
            greeted = [await newcomer.greetings(subject) for subject in subjects]
            return known == dict.fromkeys(subjects, 1) and greeted == [1] * len(subjects)

        await eventually(knows_everything)
