"""After an upgrade: what the release before recorded, published or could not read is read."""

import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from shared.command_handler import SNAPSHOT_EVERY, CommandHandler
from shared.event_store import COLLECTION
from shared.events.base import DomainEvent, Event, SubjectId
from shared.events.identity import LearnerLoggedIn
from shared.settings import Settings
from shared.snapshots import COLLECTION as SNAPSHOTS
from tests.integration.kernel.conftest import META, Running, read_topic, run_sample
from tests.integration.kernel.sample import Registered, SignedIn
from tests.integration.kernel.test_consuming import logins, sign_in
from tests.integration.kernel.test_dead_letter_queue import letters
from tests.waiting import eventually, maintained

TOPIC = "identity.events"
SUBJECT = SubjectId("subject-1")
STREAM = "learner-subject-1"
OLD = 2 * SNAPSHOT_EVERY


def _renamed(data: dict[str, Any]) -> dict[str, Any]:
    """Make v1, which called the learner `who`, the v2 of today."""
    return {"learner_id": data["who"]}


def _upgrade(monkeypatch: pytest.MonkeyPatch, *events: type[Event]) -> None:
    for event in events:
        monkeypatch.setattr(event, "VERSION", 2)
        monkeypatch.setattr(event, "UPCASTERS", {1: _renamed})


@pytest.fixture
async def upgraded(
    kernel_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Running]:
    """The sample service of a release in which signing in has its second version."""
    _upgrade(monkeypatch, SignedIn, LearnerLoggedIn)
    async with run_sample(kernel_settings, monkeypatch) as running:
        yield running


async def _recorded_before(running: Running) -> None:
    """Leave sign-ins of the first version in the store, none of them published yet."""
    await running.register(SUBJECT)
    await sign_in(running, SUBJECT, 1)
    await read_topic(running.settings, TOPIC, 2)
    commits = running.database.collection(COLLECTION)
    (known,) = await commits.find({"stream": STREAM, "version": 2}).to_list(None)
    (event,) = known["events"]
    await commits.insert_many(
        {
            **known,
            "_id": f"{known['_id']}{number:04}",
            "version": 3 + number,
            "events": [{**event, "id": f"{event['id']}{number}", "v": 1, "data": {"who": SUBJECT}}],
            "outbox": True,
        }
        for number in range(OLD)
    )
    running.kernel.store._wake_relay(None)


async def _published_before(running: Running, producer: AIOKafkaProducer) -> None:
    """Leave a sign-in of somebody else on the topic, published in its first version."""
    await running.register("subject-2")
    records = await read_topic(running.settings, TOPIC, OLD + 3)
    (registered,) = [record for record in records if record.key == b"subject-2"]
    headers = {
        **dict(registered.headers),
        "ce_id": b"old",
        "ce_type": b"com.carionexiq.LearnerLoggedIn.v1",
        "ce_sequence": b"2",
    }
    await producer.send_and_wait(
        registered.topic,
        json.dumps({"who": "subject-2"}).encode(),
        key=registered.key,
        headers=list(headers.items()),
    )


def _counted(state: int, event: DomainEvent) -> int:
    return state if isinstance(event, Registered) else state + 1


def _decide(_: str, __: int) -> Sequence[DomainEvent]:
    return [SignedIn(learner_id=SUBJECT)]


async def test_events_of_the_first_version_are_folded_snapshot_published_and_rebuilt(
    upgraded: Running, producer: AIOKafkaProducer
) -> None:
    await _recorded_before(upgraded)
    await _published_before(upgraded, producer)
    handler = CommandHandler(upgraded.store, initial=0, decide=_decide, evolve=_counted)
    assert await handler.state(STREAM) == (OLD + 1, OLD + 2)
    assert await upgraded.database.collection(SNAPSHOTS).count_documents({}) == 1
    await handler.handle(STREAM, "sign in", subject=SUBJECT, meta=META)
    assert await handler.state(STREAM) == (OLD + 2, OLD + 3)

    async def all_folded() -> bool:
        return [await logins(upgraded, one) for one in (SUBJECT, "subject-2")] == [OLD + 2, 1]

    await eventually(all_folded)
    await maintained(upgraded.client, upgraded.headers(), "people", "rebuild")
    assert await all_folded()
    records = await read_topic(upgraded.settings, TOPIC, OLD + 5)
    mine = [dict(record.headers) for record in records if record.key == SUBJECT.encode()]
    assert [int(one["ce_sequence"]) for one in mine] == list(range(1, OLD + 4))
    assert {one["ce_type"] for one in mine[1:]} == {b"com.carionexiq.LearnerLoggedIn.v2"}


async def test_what_was_too_new_takes_effect_when_replayed_after_the_upgrade(
    kernel_settings: Settings, monkeypatch: pytest.MonkeyPatch, producer: AIOKafkaProducer
) -> None:
    async with run_sample(kernel_settings, monkeypatch) as before:
        await before.register(SUBJECT)
        await sign_in(before, SUBJECT, 1)
        (_, record) = await read_topic(kernel_settings, TOPIC, 2)
        headers = {
            **dict(record.headers),
            "ce_id": b"new",
            "ce_type": b"com.carionexiq.LearnerLoggedIn.v2",
            "ce_sequence": b"3",
        }
        await producer.send_and_wait(
            record.topic, record.value, key=record.key, headers=list(headers.items())
        )
        (letter,) = await letters(before, 1)
        assert letter.event_type == "com.carionexiq.LearnerLoggedIn.v2"
        assert "newer version" in letter.reason
        assert await logins(before, SUBJECT) == 1
    _upgrade(monkeypatch, LearnerLoggedIn)
    async with run_sample(kernel_settings, monkeypatch) as after:
        path = f"/ops/dead-letters/{letter.id}/replay"
        replayed = await after.client.post(
            path, json={"reason": "upgraded"}, headers=after.headers()
        )
        assert replayed.status_code == 200

        async def took_effect() -> bool:
            return await logins(after, SUBJECT) == 2

        await eventually(took_effect)
