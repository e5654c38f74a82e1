"""The event store: atomic, optimistic, idempotent, and blind at rest."""

import asyncio
from dataclasses import replace

import pytest

from shared.event_store import (
    COLLECTION,
    Commit,
    ConcurrencyConflictError,
    EventTooLargeError,
    Metadata,
)
from shared.events.base import SubjectId
from shared.personal import WHOLE, Category, Personal
from shared.vault import KeyId
from tests.integration.kernel.conftest import META, Running
from tests.integration.kernel.sample import Registered, SignedIn

SUBJECT = SubjectId("subject-1")


async def test_of_concurrent_appends_to_one_stream_exactly_one_wins(running: Running) -> None:
    async def append() -> Commit | Exception:
        try:
            return await running.store.append(
                "learner-1", 0, [SignedIn(learner_id=SUBJECT)], subject=SUBJECT, meta=META
            )
        except ConcurrencyConflictError as error:
            return error

    outcomes = await asyncio.gather(*(append() for _ in range(16)))
    assert sum(isinstance(outcome, Commit) for outcome in outcomes) == 1
    assert len(await running.store.load("learner-1")) == 1


async def test_a_batch_conflicts_with_a_longer_one_on_the_same_version(running: Running) -> None:
    signed_in = SignedIn(learner_id=SUBJECT)
    await running.store.append("s", 0, [signed_in, signed_in], subject=SUBJECT, meta=META)
    with pytest.raises(ConcurrencyConflictError):
        await running.store.append("s", 0, [signed_in] * 3, subject=SUBJECT, meta=META)
    assert [record.version for record in await running.store.load("s")] == [1, 2]


async def test_a_repeated_command_gets_the_first_answer_and_appends_nothing(
    running: Running,
) -> None:
    meta = Metadata(actor="a", role="system", correlation_id="c", command_id="once")
    first = await running.store.append(
        "s", 0, [SignedIn(learner_id=SUBJECT)], subject=SUBJECT, meta=meta
    )
    again = await running.store.append(
        "s", 1, [SignedIn(learner_id=SUBJECT)], subject=SUBJECT, meta=meta
    )
    assert again.repeated
    assert again.event_ids == first.event_ids
    assert len(await running.store.load("s")) == 1


async def test_events_come_back_in_version_order_with_their_values(running: Running) -> None:
    await running.register("subject-1", "Canari-Prénom")
    await running.store.append(
        "learner-subject-1", 1, [SignedIn(learner_id=SUBJECT)], subject=SUBJECT, meta=META
    )
    records = await running.store.load("learner-subject-1")
    assert [type(record.event) for record in records] == [Registered, SignedIn]
    registered = records[0].event
    assert isinstance(registered, Registered)
    assert registered.first_name == Personal("Canari-Prénom")


@pytest.mark.promise("C8.4")
async def test_no_personal_value_stands_readable_in_the_store(running: Running) -> None:
    await running.register("subject-1", "Canari-Prénom")
    document = await running.database.collection(COLLECTION).find_one({})
    assert document is not None
    assert document["events"][0]["data"]["first_name"]["category"] == "civil_identity"
    assert "Canari" not in str(document)
    assert "canary.test" not in str(document)


async def test_a_commit_that_no_topic_would_take_is_refused(running: Running) -> None:
    with pytest.raises(EventTooLargeError):
        await running.register("subject-1", name="x" * 600_000)
    assert await running.store.load("learner-subject-1") == []


async def test_a_repeated_command_is_recognised_after_its_key_was_destroyed(
    running: Running,
) -> None:
    meta = replace(META, command_id="command-1")
    subject = SubjectId("subject-1")
    registered = Registered(learner_id=subject, first_name="Canari", email="a@canary.test")
    first = await running.store.append(
        "learner-subject-1", 0, [registered], subject=subject, meta=meta
    )
    await running.vault.destroy(KeyId(subject, Category.CONTACT, WHOLE))
    again = await running.store.append(
        "learner-subject-1", 0, [registered], subject=subject, meta=meta
    )
    assert again.repeated
    assert again.event_ids == first.event_ids
