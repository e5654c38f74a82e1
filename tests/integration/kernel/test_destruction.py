"""A destroyed scope never opens and never gets a key again, whatever is done to the database."""

import asyncio
from collections.abc import Sequence

import pytest

from shared.clock import SystemClock
from shared.database import Document, MongoClient
from shared.personal import WHOLE, Category, Erased, Personal, Sealed
from shared.settings import Settings
from shared.vault import (
    DataKeys,
    KeyClosedError,
    KeyDestroyedError,
    KeyDisabledError,
    KeyId,
    KeyringEncryption,
    KeyState,
    Vault,
    load_keyring,
)

KEY = KeyId("subject-1", Category.CONTACT, WHOLE)
CREATORS = 16


@pytest.fixture
def processes(kernel_settings: Settings, mongo: MongoClient) -> list[Vault]:
    """Vaults of as many processes, none of which remembers what another has read."""
    keyring = load_keyring(kernel_settings.keyring_file("identity"))
    database = mongo.database("vault")
    return [
        Vault(DataKeys(database, KeyringEncryption(keyring), SystemClock()), keyring)
        for _ in range(CREATORS)
    ]


async def _sealed(vault: Vault, key_id: KeyId = KEY) -> Sealed:
    return await vault.seal("canary@canary.test", key_id=key_id, field="email")


async def _opens(vault: Vault, sealed: Sealed) -> bool:
    value: Personal[str] = Personal(sealed)
    return (await vault.open(value)).reveal() != Erased(category=sealed.category)


async def _documents(mongo: MongoClient, name: str) -> list[Document]:
    return [one async for one in mongo.database("vault").collection(name).find({})]


@pytest.mark.promise("C8.4")
async def test_disabled_is_unreadable_everywhere_and_can_be_enabled_until_destroyed(
    processes: Sequence[Vault],
) -> None:
    sealed = await _sealed(processes[0])
    await processes[1].disable(KEY)
    assert not await _opens(processes[2], sealed)
    with pytest.raises(KeyDisabledError):
        await _sealed(processes[2])
    assert await processes[1].live_keys(KEY.subject) == []
    await processes[1].enable(KEY)
    assert await _opens(processes[3], sealed)
    await processes[1].disable(KEY)
    await processes[1].destroy(KEY)
    await processes[1].enable(KEY)
    assert await processes[1].closed(KEY) == {KEY: KeyState.DESTROYED}
    assert not await _opens(processes[4], sealed)
    with pytest.raises(KeyDestroyedError):
        await _sealed(processes[4])


async def test_a_scope_disabled_before_its_first_use_gets_no_key(
    processes: Sequence[Vault], mongo: MongoClient
) -> None:
    await processes[0].disable(KEY)
    with pytest.raises(KeyDisabledError):
        await _sealed(processes[1])
    assert await _documents(mongo, "keys") == []
    await processes[0].enable(KEY)
    assert await _opens(processes[2], await _sealed(processes[1]))


@pytest.mark.promise("C8.4")
async def test_of_many_creations_and_a_destruction_at_the_same_time_the_destruction_wins(
    processes: Sequence[Vault], mongo: MongoClient
) -> None:
    for attempt in range(12):
        key_id = KeyId(f"subject-{attempt}", Category.CONTACT, WHOLE)
        *creators, destroyer = processes
        before = creators[: attempt + 2]

        async def create(vault: Vault, key_id: KeyId = key_id) -> Sealed | None:
            try:
                return await _sealed(vault, key_id)
            except KeyClosedError:
                return None

        results = await asyncio.gather(
            *(create(vault) for vault in before),
            destroyer.destroy(key_id),
            *(create(vault) for vault in creators[attempt + 2 :]),
        )
        for vault in processes:
            vault.drop_all()
        for one in results:
            if isinstance(one, Sealed):
                assert not await _opens(processes[0], one)
        assert await create(processes[0]) is None
        assert await destroyer.unforgotten(key_id) == []
    assert await _documents(mongo, "keys") == []


@pytest.mark.promise("C8.4", "C7.5")
@pytest.mark.parametrize("state", ["disabled", "destroyed"])
async def test_the_same_bytes_written_back_open_nothing(
    processes: Sequence[Vault], mongo: MongoClient, state: str
) -> None:
    other = KeyId("subject-2", Category.CONTACT, WHOLE)
    sealed, others = await _sealed(processes[0]), await _sealed(processes[0], other)
    keys = mongo.database("vault").collection("keys")
    older = await _documents(mongo, "keys")
    await processes[1].disable(KEY)
    if state == "destroyed":
        await processes[1].destroy(KEY)
    for content in ([one for one in older if one["_id"] == KEY.text()], older):
        await keys.delete_many({"_id": {"$in": [one["_id"] for one in content]}})
        await keys.insert_many(content)
        fresh = processes[2]
        fresh.drop_all()
        assert not await _opens(fresh, sealed)
        with pytest.raises(KeyClosedError):
            await _sealed(fresh)
        assert await _opens(fresh, others)
    if state == "destroyed":
        assert await processes[1].unforgotten(KEY, other) == [KEY, other]
        await processes[1].destroy(KEY)
        assert [one["_id"] for one in await _documents(mongo, "keys")] == [other.text()]


async def test_many_are_destroyed_together_and_the_first_instant_stays(
    processes: Sequence[Vault], mongo: MongoClient
) -> None:
    ids = [KeyId("subject-1", Category.RECORDING, f"rec{number}") for number in range(50)]
    contact = await _sealed(processes[0])
    await processes[1].destroy(*ids[:10])
    first = {one["_id"]: one["destroyed_at"] for one in await _documents(mongo, "tombstones")}
    await processes[1].disable(*ids)
    await processes[1].destroy(*ids)
    stones = {one["_id"]: one for one in await _documents(mongo, "tombstones")}
    assert stones.keys() == {key_id.text() for key_id in ids}
    assert all(stones[text]["destroyed_at"] == at for text, at in first.items())
    assert await processes[1].live_keys("subject-1") == [KEY]
    assert await _opens(processes[2], contact)
