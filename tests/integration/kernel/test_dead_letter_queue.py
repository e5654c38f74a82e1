"""Dead letters: sealed whole, on a clock, looked at and settled by operators; each act an event."""

import base64
import random
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from shared.consuming.dead_letter_state import DeadLetter
from shared.consuming.dead_letters import STREAMS, key_of, subject_of
from shared.events.dead_letters import DeadLettersOpened
from shared.settings import Settings
from tests.integration.kernel.conftest import Running, letters_of, read_topic, run_sample
from tests.waiting import eventually

DEAD = "identity.dlq"
TOPIC = "identity.events"
PATH = "/ops/dead-letters"
CANARY = "CanariDansUnMessageMort"


async def _ask(running: Running, method: str, path: str, **body: Any) -> tuple[int, Any]:
    answer = await running.client.request(
        method, PATH + path, json=body or None, headers=running.headers()
    )
    return answer.status_code, answer.json()


async def _refused(running: Running) -> DeadLetter:
    """Return the letter of a registration that the reaction refuses."""
    running.sample.failing.add("subject-1")
    await running.register("subject-1", CANARY)
    return (await letters(running, 1))[0]


async def letters(running: Running, count: int) -> list[DeadLetter]:
    page: dict[str, Any] = {}

    async def kept() -> bool:
        _, answer = await _ask(running, "GET", "?limit=200")
        page.update(answer)
        return len(page["items"]) >= count

    await eventually(kept)
    return [DeadLetter.model_validate(one) for one in page["items"]]


async def test_a_letter_tells_why_and_where_from_and_its_content_only_to_who_says_why(
    running: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    letter = await _refused(running)
    assert letter.event_type == "com.carionexiq.LearnerRegistered.v1"
    assert letter.reason == "greet: PermanentFailureError"
    assert (letter.state, letter.tries, len(letter.attempts)) == ("waiting", 1, 1)
    assert (await _ask(running, "POST", f"/{letter.id}/showing", reason=""))[0] == 422
    status, content = await _ask(running, "POST", f"/{letter.id}/showing", reason="a complaint")
    assert status == 200
    assert content["key"] == "subject-1"
    assert dict(content["headers"])["ce_type"] == letter.event_type
    shown = (await _ask(running, "GET", f"/{letter.id}"))[1]["acts"]
    assert [(act["what"], act["by"], act["reason"]) for act in shown] == [
        ("shown", "operator", "a complaint")
    ]
    assert CANARY not in capsys.readouterr().out


@pytest.mark.promise("C7.1")
async def test_nothing_of_the_record_stands_in_the_topic_in_the_clear(
    running: Running, producer: AIOKafkaProducer
) -> None:
    topic = running.settings.namespace + TOPIC
    headers = [("ce_type", CANARY.encode()), (CANARY, b"x")]
    await producer.send_and_wait(topic, CANARY.encode(), key=CANARY.encode(), headers=headers)
    for record in await read_topic(running.settings, DEAD, 1):
        assert CANARY.encode() not in record.value
        assert record.key is None
        assert CANARY not in str(record.headers)
    for letter in await letters(running, 1):
        assert CANARY not in letter.model_dump_json()


async def test_a_record_as_large_as_a_topic_takes_fits_with_headers_that_have_no_value(
    running: Running, producer: AIOKafkaProducer
) -> None:
    topic = running.settings.namespace + TOPIC
    value = random.Random(1).randbytes(1024 * 1024 - 1024)  # noqa: S311 - nothing compresses it
    large = AIOKafkaProducer(
        bootstrap_servers=running.settings.kafka_bootstrap_servers, max_request_size=2**21
    )
    async with large:
        await large.send_and_wait(topic, value, key=b"k", headers=[("nothing", None)])
    (letter,) = await letters(running, 1)
    _, content = await _ask(running, "POST", f"/{letter.id}/showing", reason="a look")
    assert content["value"] == f"base64:{base64.b64encode(value).decode()}"
    assert content["headers"] == [["nothing", None]]


async def test_a_topic_made_for_smaller_records_keeps_all_but_the_value(
    kernel_settings: Settings, monkeypatch: pytest.MonkeyPatch, producer: AIOKafkaProducer
) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kernel_settings.kafka_bootstrap_servers)
    await admin.start()
    try:
        small = NewTopic(kernel_settings.namespace + DEAD, 1, 1)
        await admin.create_topics([small])
    finally:
        await admin.close()
    async with run_sample(kernel_settings, monkeypatch) as running:
        value = random.Random(1).randbytes(900_000)  # noqa: S311 - nothing compresses it
        await producer.send_and_wait(kernel_settings.namespace + TOPIC, value, key=b"k")
        (letter,) = await letters(running, 1)
        _, content = await _ask(running, "POST", f"/{letter.id}/showing", reason="a look")
        assert (content["key"], content["value"]) == ("k", None)


async def test_a_replayed_letter_takes_effect_once_its_cause_is_mended(running: Running) -> None:
    letter = await _refused(running)
    running.sample.failing.clear()
    status, replayed = await _ask(running, "POST", f"/{letter.id}/replay", reason="mended")
    assert (status, replayed["state"]) == (200, "replayed")

    async def took_effect() -> bool:
        return await running.greetings("subject-1") == 1

    await eventually(took_effect)
    records = await read_topic(running.settings, TOPIC, 3)
    original, again = [one for one in records if one.key == b"subject-1"]
    assert (original.value, list(original.headers)) == (again.value, list(again.headers))
    _, page = await _ask(running, "GET", "?waiting=true")
    assert page["items"] == []
    assert await running.runtime.dead_letter_queue.waiting() == 0


async def test_a_settled_letter_is_settled_once_more_only_on_purpose(running: Running) -> None:
    letter = await _refused(running)
    running.sample.failing.clear()
    for work in ("discarding", "replay"):
        path = f"/{letter.id}/{work}"
        expected = 200 if work == "discarding" else 409
        assert (await _ask(running, "POST", path, reason="no use"))[0] == expected
    again = await _ask(running, "POST", f"/{letter.id}/replay", reason="after all", again=True)
    assert (again[0], again[1]["state"]) == (200, "replayed")
    assert await running.runtime.dead_letter_queue.waiting() == 0
    assert (await _ask(running, "GET", "/nothing"))[0] == 404


async def test_letters_come_in_pages_the_latest_first(
    running: Running, producer: AIOKafkaProducer
) -> None:
    topic = running.settings.namespace + TOPIC
    for number in range(3):
        await producer.send_and_wait(topic, b"no event", key=str(number).encode(), partition=0)
    everything = [letter.id for letter in await letters(running, 3)]
    assert everything == sorted(everything, reverse=True)
    found, before = [], ""
    while True:
        _, page = await _ask(running, "GET", f"?limit=2{before}")
        found += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        before = f"&before={page['next']}"
    assert found == everything
    assert await running.runtime.dead_letter_queue.waiting() == 3


@pytest.mark.promise("C2.11")
async def test_the_first_letter_of_a_month_starts_a_clock_and_its_end_erases_the_contents(
    running: Running, producer: AIOKafkaProducer
) -> None:
    topic = running.settings.namespace + TOPIC
    await producer.send_and_wait(topic, b"no event", key=b"k")
    (letter,) = await letters(running, 1)
    opened = [
        record.event
        for record in await running.store.load(f"dead-letters-{letter.month}")
        if isinstance(record.event, DeadLettersOpened)
    ]
    subject = subject_of("identity")
    assert opened == [DeadLettersOpened(subject_id=subject, service="identity", month=letter.month)]
    await running.vault.destroy(key_of(subject, letter.month))
    running.vault.drop(key_of(subject, letter.month))
    for work in ("showing", "replay"):
        status, problem = await _ask(running, "POST", f"/{letter.id}/{work}", reason="a look")
        assert (status, problem["type"].rsplit("/", 1)[-1]) == (410, "dead-letter-erased")
    assert (await _ask(running, "POST", f"/{letter.id}/discarding", reason="gone"))[0] == 200


async def test_a_record_that_nobody_can_read_is_one_letter_also_after_a_restart(
    running: Running, producer: AIOKafkaProducer
) -> None:
    topic = running.settings.namespace + TOPIC
    await producer.send_and_wait(topic, b"no event", key=b"k")
    (letter,) = await letters(running, 1)
    # Beside it the topic has the fact that a first letter was kept.
    both = await read_topic(running.settings, TOPIC, 2)
    (record,) = [one for one in both if one.key == b"k"]
    keeper = running.runtime.dead_letters
    attempts = [keeper.attempt("malformed: again")]
    await keeper.keep(record, consumer=letter.consumer, attempts=attempts)
    anew = letters_of(running, producer)
    await anew.keep(record, consumer=letter.consumer, attempts=attempts)
    kept = await running.store.load_streams(STREAMS, before=f"{STREAMS}~", limit=10)
    assert [len(stream) for stream in kept.values()] == [1]
