"""A key-encryption key that was retired leaves every process, also one that uses no keys (C7)."""

import asyncio
import os
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from shared.clock import SystemClock
from shared.database import MongoClient
from shared.personal import Category
from shared.settings import Settings
from shared.vault import DataKeys, KeyId, create_keyrings
from shared.vault.data_keys import CURRENT_WITHIN_SECONDS
from shared.vault.keyring_files import KeyringFiles
from shared.vault.providers import KeyMaterial, key_material
from shared.vault.wrapping import UnknownVersionError, Wrapped

KEY = KeyId("subject-1", Category.PAYMENT, "invoice-1")


class Stepped(asyncio.SelectorEventLoop):
    """A loop whose time can be put forward."""

    ahead = 0.0

    def time(self) -> float:
        return super().time() + self.ahead


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(data_dir=tmp_path)
    create_keyrings(settings.secrets_dir / "keyrings")
    return settings


def run(work: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner(loop_factory=Stepped) as runner:
        runner.run(work)


async def wait(seconds: float) -> None:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, Stepped)
    loop.ahead += seconds
    for _ in range(3):
        await asyncio.sleep(0)


def kept(material: KeyMaterial) -> asyncio.Task[None]:
    """Let a process that has `material` stay current, as every service does."""
    nowhere = MongoClient("mongodb://127.0.0.1:1", "").database("vault")
    data_keys = DataKeys(nowhere, material.encryption, SystemClock())
    return asyncio.create_task(data_keys.stay_current())


async def opens(material: KeyMaterial, wrapped: dict[KeyId, Wrapped]) -> bool:
    try:
        return bool(await material.encryption.unwrap(wrapped))
    except UnknownVersionError:
        return False


def test_an_idle_process_has_no_retired_key_after_a_minute(settings: Settings) -> None:
    async def idle() -> None:
        material = key_material(settings, "learning")
        wrapped = await material.encryption.wrap({KEY: bytes(32)})
        staying = kept(material)
        await wait(0)
        files = KeyringFiles(settings.secrets_dir / "keyrings")
        await files.add_version("payment")
        await files.destroy("payment", "payment/1")
        await wait(CURRENT_WITHIN_SECONDS)
        # Without its file nothing is read at the next use: what opens now was there before.
        settings.keyring_file("learning").unlink()
        assert not await opens(material, wrapped)
        staying.cancel()

    run(idle())


def test_a_keyring_that_cannot_be_read_is_looked_at_again(settings: Settings) -> None:
    async def idle() -> None:
        material = key_material(settings, "learning")
        wrapped = await material.encryption.wrap({KEY: bytes(32)})
        staying = kept(material)
        await wait(0)
        file = settings.keyring_file("learning")
        whole = file.read_text()
        file.write_text("{")
        await wait(CURRENT_WITHIN_SECONDS)
        assert not staying.done()
        file.write_text(whole.replace("payment/1", "payment/2"))
        os.utime(file, ns=(1, 1))
        await wait(CURRENT_WITHIN_SECONDS)
        file.unlink()
        assert not await opens(material, wrapped)
        staying.cancel()

    run(idle())


@pytest.mark.parametrize("holder", ["identity", "learning", "billing"])
def test_what_is_handed_to_the_vault_beside_holds_no_key_that_can_be_retired(
    settings: Settings, holder: str
) -> None:
    material = key_material(settings, holder)
    assert not material.keyring.category_keys
    assert (material.keyring.blind_index_key is not None) == (holder == "identity")
    assert material.encryption.holds(Category.PAYMENT) == (holder != "identity")
