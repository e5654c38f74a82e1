"""A release that folds to another version of a read model finds the old one, and makes it anew."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from shared.consuming import versions
from shared.consuming.envelope import Envelope
from shared.consuming.projections import ReadModel
from shared.consuming.versions import COLLECTION, Versions
from shared.database import Document
from shared.settings import Settings
from tests.integration.kernel.conftest import Running, run_sample
from tests.integration.kernel.sample import People
from tests.integration.kernel.test_consuming import sign_in
from tests.integration.kernel.test_maintenance import populate
from tests.waiting import eventually

first_fold = People.fold


def in_words(self: People, document: Document | None, envelope: Envelope) -> Document | None:
    """Fold to the second version, in which the count is a text too; fails on the first."""
    assert document is None or "words" in document, "a document of the first version"
    folded = first_fold(self, document, envelope)
    return None if folded is None else {**folded, "words": f"{folded['logins']} times"}


def release_the_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(People, "version", 2)
    monkeypatch.setattr(People, "fold", in_words)


@pytest.fixture
async def before(
    kernel_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Running]:
    """A release with the first version, which has folded something."""
    async with run_sample(kernel_settings, monkeypatch) as running:
        await populate(running, logins_each=1)
        yield running


async def versions_of(running: Running) -> tuple[int, int]:
    document = await running.database.collection(COLLECTION).find_one({"_id": People.name})
    assert document is not None
    return document["version"], document["wanted"]


async def test_the_old_one_serves_until_the_new_one_has_caught_up(
    before: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await versions_of(before) == (1, 1)
    async with AsyncExitStack() as stack:
        release_the_second(monkeypatch)
        after = await stack.enter_async_context(run_sample(before.settings, monkeypatch))
        people = ReadModel(after.database.collection(People.name))
        # What happens meanwhile waits, and is in the new one in its turn.
        await sign_in(after, "subject-1", 2)
        served: list[bool] = []

        async def renewed() -> bool:
            found = await people.get("subject-0")
            served.append(found is not None and found["logins"] == 1)
            return found is not None and "words" in found

        await eventually(renewed)
        assert all(served), "it answered all the time"

        async def up_to_date() -> bool:
            found = await people.get("subject-1")
            return found is not None and found.get("words") == "2 times"

        await eventually(up_to_date)

        async def written_down() -> bool:
            return await versions_of(after) == (2, 2)

        await eventually(written_down)
        letters = await after.runtime.dead_letter_queue.page(
            before=None, limit=5, waiting_only=True
        )
        assert letters.items == []


async def test_a_replica_of_the_release_before_stands_back(
    before: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    await before.database.collection(COLLECTION).update_one(
        {"_id": People.name}, {"$set": {"wanted": 2}}
    )
    times = await _signed_in_until_nothing_is_folded(before)
    people = ReadModel(before.database.collection(People.name))
    found = await people.get("subject-0")
    assert found is not None
    assert 1 <= found["logins"] < times, "it serves on, without what happens now"
    # The other release has gone again, as after a roll-back.
    await before.database.collection(COLLECTION).update_one(
        {"_id": People.name}, {"$set": {"wanted": 1}}
    )

    async def up_to_date() -> bool:
        found = await people.get("subject-0")
        return found is not None and found["logins"] == times

    await eventually(up_to_date)


async def _signed_in_until_nothing_is_folded(running: Running) -> int:
    """Sign somebody in again and again; return how often it was when the replica stood back."""
    times = 1

    async def waits() -> bool:
        nonlocal times
        times += 1
        await sign_in(running, "subject-0", times)
        return running.runtime._consuming._versions.waiting

    await eventually(waits)
    return times


async def test_one_of_two_replicas_makes_it_anew_and_a_dead_one_is_replaced(
    before: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(People, "version", 2)
    monkeypatch.setattr(versions, "SILENT_SECONDS", 3.0)
    one, other = (Versions(before.database, [People()]) for _ in range(2))
    await one.want()
    await other.want()
    assert await one.outdated() == await other.outdated() == [People.name]
    assert await one.claim(People.name)
    alive = asyncio.create_task(one.beat(People.name))
    assert not await other.claim(People.name), "the first one gives signs of life"
    alive.cancel()
    assert await other.claim(People.name), "the first one has been silent"
    await other.reached(People.name)
    assert await one.outdated() == []


async def test_what_was_folded_before_versions_were_written_down_counts_as_the_first(
    before: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    await before.database.collection(COLLECTION).delete_many({})
    monkeypatch.setattr(People, "version", 2)
    of_this = Versions(before.database, [People()])
    await of_this.want()
    assert await of_this.outdated() == [People.name]
    await before.database.collection(People.name).drop()
    await before.database.collection(COLLECTION).delete_many({})
    await of_this.want()
    assert await of_this.outdated() == [], "nothing was folded yet"
