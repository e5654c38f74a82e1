"""The vault: what is destroyed reads as erased everywhere, for ever; compartments hold."""

import asyncio

import pytest

from shared.clock import SystemClock
from shared.database import MongoClient
from shared.events.base import SubjectId
from shared.personal import Category, Erased, Sealed, SealedValueError
from shared.settings import Settings
from shared.vault import (
    DataKeys,
    ForgedValueError,
    KeyDestroyedError,
    KeyId,
    KeyringEncryption,
    UnheldCategoryError,
    Vault,
    load_keyring,
)
from tests.integration.kernel.conftest import META, Running
from tests.integration.kernel.sample import Registered, Renamed
from tests.waiting import eventually

NAME_KEY = KeyId("subject-1", Category.CIVIL_IDENTITY, "-")


@pytest.mark.promise("C8.4", "C2.11")
async def test_after_key_destruction_every_read_gives_erased(running: Running) -> None:
    await running.register("subject-1", "Canari")

    async def projected() -> bool:
        return bool(await running.person("subject-1"))

    await eventually(projected)
    await running.vault.destroy(NAME_KEY)
    registered = (await running.store.load("learner-subject-1"))[0].event
    assert isinstance(registered, Registered)
    assert registered.first_name.reveal() == Erased(category=Category.CIVIL_IDENTITY)
    assert registered.email.text() == "subject-1@canary.test"
    assert (await running.person("subject-1"))["first_name"] == "—"


async def test_a_destroyed_scope_never_gets_a_key_again(running: Running) -> None:
    await running.register("subject-1")
    await running.vault.destroy(NAME_KEY)
    renamed = Renamed(learner_id=SubjectId("subject-1"), first_name="Canari")
    with pytest.raises(KeyDestroyedError):
        await running.store.append(
            "learner-subject-1", 1, [renamed], subject=SubjectId("subject-1"), meta=META
        )
    assert await running.vault.is_destroyed(NAME_KEY)


async def test_a_scope_destroyed_before_its_first_use_never_gets_a_key(running: Running) -> None:
    never_used = KeyId("subject-2", Category.CONTACT, "-")
    await running.vault.destroy(never_used)
    with pytest.raises(KeyDestroyedError):
        await running.vault.seal("canary@canary.test", key_id=never_used, field="email")


async def test_racing_processes_agree_on_one_key(
    running: Running, mongo: MongoClient, kernel_settings: Settings
) -> None:
    keyring = load_keyring(kernel_settings.keyring_file("identity"))
    processes = [
        DataKeys(mongo.database("vault"), KeyringEncryption(keyring), SystemClock())
        for _ in range(8)
    ]
    answers = await asyncio.gather(*(keys.obtain([NAME_KEY]) for keys in processes))
    assert len({answer[NAME_KEY] for answer in answers}) == 1
    assert running.vault.holds(Category.CIVIL_IDENTITY)


@pytest.mark.promise("C4.2")
async def test_a_service_without_a_categorys_key_cannot_read_it(
    running: Running, mongo: MongoClient, kernel_settings: Settings
) -> None:
    await running.register("subject-1")
    record = (await running.store.load("learner-subject-1"))[0].event
    assert isinstance(record, Registered)
    sealed = await running.vault.seal("canary@canary.test", key_id=NAME_KEY, field="first_name")
    keyring = load_keyring(kernel_settings.keyring_file("retention"))
    stranger = Vault(
        DataKeys(mongo.database("vault"), KeyringEncryption(keyring), SystemClock()), keyring
    )
    opened = await stranger.open_document({"name": sealed.model_dump(mode="json")})
    with pytest.raises(SealedValueError):
        opened["name"].reveal()
    with pytest.raises(UnheldCategoryError):
        await stranger.seal("x", key_id=KeyId("other", Category.CONTACT, "-"), field="email")


@pytest.mark.parametrize(
    "change", [{"field": "last_name"}, {"subject": "subject-2"}, {"object": "elsewhere"}]
)
async def test_a_value_moved_elsewhere_does_not_open(
    running: Running, change: dict[str, str]
) -> None:
    for key_id in (
        NAME_KEY,
        KeyId("subject-2", Category.CIVIL_IDENTITY, "-"),
        KeyId("subject-1", Category.CIVIL_IDENTITY, "elsewhere"),
    ):
        sealed = await running.vault.seal("canary", key_id=key_id, field="first_name")
    sealed = await running.vault.seal("canary", key_id=NAME_KEY, field="first_name")
    forged = Sealed.model_validate(sealed.model_dump() | change)
    with pytest.raises(ForgedValueError):
        await running.vault.open_document({"name": forged.model_dump(mode="json")})


async def test_a_key_that_grows_too_old_while_values_are_opened_does_not_read_as_erased(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    await running.register("subject-1", "Canari")
    monkeypatch.setattr("shared.vault.unwrapped.CACHE_SECONDS", 0.0)
    registered = (await running.store.load("learner-subject-1"))[0].event
    assert isinstance(registered, Registered)
    assert registered.first_name.text() == "Canari"
