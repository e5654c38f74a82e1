"""Every provider of key-encryption keys, each with a system of its own."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pydantic import SecretStr

from deploy.cli.secrets import prepare_keys, prepare_secrets
from deploy.cli.settings import SystemSettings
from shared.database import MongoClient
from shared.settings import KeyProvider
from shared.vault.keyring import KEY_BYTES, next_version
from shared.vault.keyring_encryption import KeyringEncryption
from shared.vault.keyring_files import KeyringFiles
from shared.vault.providers import all_keys, environment_keyring, key_material
from shared.vault.wrapping import KeyEncryption, KeyEncryptionKeys
from tests.engines import Engines
from tests.moto import Moto, moto

__all__ = ["moto"]

NEW_KEY = "A" * (KEY_BYTES * 4 // 3 + 1) + "="


@dataclass
class Provided:
    """A system whose keys come from one provider."""

    settings: SystemSettings
    open_now: list[KeyEncryption | KeyEncryptionKeys] = field(default_factory=list)

    def encryption(self, holder: str) -> KeyEncryption:
        """Return the keys of a service that starts now."""
        encryption = key_material(self.settings, holder).encryption
        self.open_now.append(encryption)
        return encryption

    def part(self, holder: str) -> KeyEncryption:
        """Return the keys that `up` leaves a service, whatever its environment has."""
        if self.settings.key_provider is KeyProvider.ENVIRONMENT:
            return KeyringEncryption(environment_keyring(self.settings).part_of(holder))
        return self.encryption(holder)

    def keys(self) -> KeyEncryptionKeys:
        """Return all keys, as an operator has them."""
        keys = all_keys(self.settings)
        self.open_now.append(keys)
        return keys

    async def add_version(self, name: str) -> None:
        """Make a new version of key `name` by the provider's own means."""
        if self.settings.key_provider is not KeyProvider.ENVIRONMENT:
            await self.keys().add_version(name)
            return
        keyring = environment_keyring(self.settings)
        given = keyring.model_dump(mode="json")
        versions = keyring.of_key(name)
        category = next(iter(versions)).partition("/")[0]
        given["category_keys"][category][next_version(versions, name)] = NEW_KEY
        text = type(keyring).model_validate(given).model_dump_json()
        self.settings = self.settings.model_copy(update={"keyring": SecretStr(text)})


@pytest.fixture(scope="session")
def kms_namespace(moto: Moto, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A system whose keys are made in KMS, once for a run."""
    settings = SystemSettings(
        namespace=f"k{uuid.uuid4().hex[:10]}-",
        key_provider=KeyProvider.AWS_KMS,
        kms_endpoint=moto.url,
        data_dir=tmp_path_factory.mktemp("kms"),
    )
    asyncio.run(prepare_keys(settings))
    return settings.namespace


@pytest.fixture(params=list(KeyProvider))
def provided(
    request: pytest.FixtureRequest, engines: Engines, namespace: str, tmp_path: Path
) -> Iterator[Provided]:
    """A system with each provider in turn, its keys made."""
    if request.param is KeyProvider.AWS_KMS:
        namespace = request.getfixturevalue("kms_namespace")
    settings = engines.system_settings(namespace, data_dir=tmp_path)
    prepare_secrets(settings.secrets_dir)
    changes: dict[str, object] = {"key_provider": request.param}
    if request.param is KeyProvider.ENVIRONMENT:
        everything = KeyringFiles(settings.secrets_dir / "keyrings").all()
        changes["keyring"] = SecretStr(everything.model_dump_json())
    if request.param is KeyProvider.AWS_KMS:
        server: Moto = request.getfixturevalue("moto")
        changes["kms_endpoint"] = server.url
    system = Provided(settings.model_copy(update=changes))
    yield system
    for one in system.open_now:
        one.close()


@pytest.fixture
async def mongo(provided: Provided) -> AsyncIterator[MongoClient]:
    """A connection to the system's databases."""
    client = MongoClient(provided.settings.mongodb, provided.settings.namespace)
    yield client
    client.close()
