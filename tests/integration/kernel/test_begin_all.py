"""Streams that begin together: one commit, and yet each a stream of its own."""

import pytest

from shared.event_store import STREAMS_BEGUN, Begun, ConcurrencyConflictError
from shared.events.base import SubjectId
from shared.personal import Personal
from shared.settings import Settings
from tests.integration.kernel.conftest import META, Running, read_topic
from tests.integration.kernel.sample import Registered, SignedIn

NAMES = ("subject-1", "subject-2", "subject-3")


def _begun(name: str) -> Begun:
    subject = SubjectId(name)
    registered = Registered(
        learner_id=subject, first_name=f"Prénom-{name}", email=f"{name}@canary.test"
    )
    return Begun(f"learner-{name}", subject, [registered, SignedIn(learner_id=subject)])


async def _begin(running: Running) -> None:
    await running.store.begin_all([_begun(name) for name in NAMES], meta=META)


async def test_each_stream_holds_its_own_and_goes_on_by_itself(running: Running) -> None:
    await _begin(running)
    assert await running.database.collection("commits").count_documents({}) == 1
    subject = SubjectId("subject-2")
    await running.store.append(
        "learner-subject-2", 2, [SignedIn(learner_id=subject)], subject=subject, meta=META
    )
    records = await running.store.load("learner-subject-2")
    assert [(one.version, one.subject) for one in records] == [(n, subject) for n in (1, 2, 3)]
    registered = records[0].event
    assert isinstance(registered, Registered)
    assert registered.first_name == Personal("Prénom-subject-2")
    assert [one.version for one in await running.store.load("learner-subject-1")] == [1, 2]


async def test_what_is_about_one_person_is_read_without_what_is_about_others(
    running: Running,
) -> None:
    await _begin(running)
    records = await running.store.load_subject(SubjectId("subject-3"))
    assert {one.stream for one in records} == {"learner-subject-3"}
    owners = await running.store.subjects_of(["learner-subject-1", "learner-subject-9"])
    assert owners == {"learner-subject-1": "subject-1"}


async def test_where_one_has_begun_none_begins(running: Running) -> None:
    await running.register("subject-2")
    with pytest.raises(ConcurrencyConflictError):
        await _begin(running)
    assert await running.store.load("learner-subject-1") == []
    await running.store.begin_all([_begun("subject-1")], meta=META)
    with pytest.raises(ConcurrencyConflictError):
        await running.register("subject-1")


async def test_they_are_found_in_the_order_in_which_they_began(running: Running) -> None:
    await _begin(running)
    await running.register("subject-0")
    found: list[str] = []
    after = ""
    while (page := await running.store.load_begun("learner-", after=after, limit=1))[0]:
        after = page[0]
        found += page[1]
        assert all(len(records) > 0 for records in page[1].values())
    assert found == [*(f"learner-{name}" for name in NAMES), "learner-subject-0"]


async def test_each_is_published_as_what_its_subject_is_told(
    running: Running, kernel_settings: Settings
) -> None:
    await _begin(running)
    await running.register("subject-4")
    records = await read_topic(kernel_settings, "identity.events", 7)
    keys = {dict(one.headers)["ce_stream"].decode().removeprefix("learner-") for one in records}
    assert keys == {*NAMES, "subject-4"}
    for one in records:
        assert one.key == dict(one.headers)["ce_subject"]
    sequences = [
        int(dict(one.headers)["ce_sequence"]) for one in records if one.key == b"subject-2"
    ]
    assert sequences == [1, 2]


async def test_too_many_or_unlike_ones_are_refused(running: Running) -> None:
    for begun in ([], [_begun(str(n)) for n in range(STREAMS_BEGUN + 1)]):
        with pytest.raises(ValueError, match="begin together"):
            await running.store.begin_all(begun, meta=META)
    unlike = Begun("learner-x", SubjectId("x"), [SignedIn(learner_id=SubjectId("x"))])
    with pytest.raises(ValueError, match="begin together"):
        await running.store.begin_all([_begun("subject-1"), unlike], meta=META)
