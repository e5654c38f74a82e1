"""What a later release has appended waits for it, after a step back; everything else goes on."""

import pytest

from shared.database import Document
from shared.event_store import COLLECTION
from shared.events.base import SubjectId
from shared.events.registry import UnknownEventError
from tests.integration.kernel.conftest import META, Running, read_topic
from tests.integration.kernel.sample import SignedIn

STREAM = "learner-subject-1"


async def _sign_in(running: Running, version: int) -> None:
    subject = SubjectId("subject-1")
    event = SignedIn(learner_id=subject)
    await running.store.append(STREAM, version, [event], subject=subject, meta=META)


async def _published(running: Running, count: int) -> list[tuple[str, str]]:
    records = await read_topic(running.settings, "identity.events", count)
    headers = [dict(record.headers) for record in records]
    return [(one["ce_stream"].decode(), one["ce_sequence"].decode()) for one in headers]


async def _appended_by_a_later_release(running: Running) -> Document:
    """Leave a commit of an event that nobody here knows, and one of the same stream after it."""
    await running.register("subject-1")
    await _sign_in(running, 1)
    await _published(running, 2)
    commits = running.database.collection(COLLECTION)
    (known,) = await commits.find({"stream": STREAM, "version": 2}).to_list(None)
    (event,) = known["events"]
    later = {
        **known,
        "_id": f"{known['_id']}x",
        "version": 3,
        "events": [{**event, "id": f"{event['id']}x", "type": "SignedInBySmile"}],
        "outbox": True,
    }
    following = {
        **known,
        "_id": f"{known['_id']}y",
        "version": 4,
        "events": [{**event, "id": f"{event['id']}y"}],
        "outbox": True,
    }
    await commits.insert_many([later, following])
    return later


async def test_others_are_published_and_the_stream_goes_on_once_the_release_is_back(
    running: Running,
) -> None:
    later = await _appended_by_a_later_release(running)
    running.kernel.store._wake_relay(None)
    await running.register("subject-2")
    others = await _published(running, 3)
    assert others[2] == ("learner-subject-2", "1")
    flow = await running.client.get("/ops/flow", headers=running.headers())
    assert flow.json()["outbox"] == 2
    # As the later release reads it.
    commits = running.database.collection(COLLECTION)
    await commits.update_one({"_id": later["_id"]}, {"$set": {"events.0.type": "SignedIn"}})
    running.kernel.store._wake_relay(None)
    assert (await _published(running, 5))[3:] == [(STREAM, "3"), (STREAM, "4")]


async def test_a_stream_that_a_later_release_wrote_to_is_not_decided_upon(running: Running) -> None:
    await _appended_by_a_later_release(running)
    with pytest.raises(UnknownEventError):
        await running.store.load(STREAM)
