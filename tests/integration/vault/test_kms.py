"""A service whose keys are in AWS KMS: as any other, and clear about it when KMS is away."""

from typing import Any

import pytest

from deploy.cli.settings import SystemSettings
from shared.clock import SystemClock
from shared.database import MongoClient
from shared.engines import free_ports
from shared.personal import Category, Erased
from shared.settings import KeyProvider
from shared.vault import DataKeys, KeyId, KeysUnavailableError, Vault
from shared.vault.data_keys import COLLECTION
from shared.vault.keyring import Keyring
from shared.vault.kms import Kms, KmsEncryption, KmsKeys
from shared.vault.rotation import KeyRotation
from tests.engines import Engines
from tests.integration.kernel.conftest import Running, run_sample
from tests.integration.kernel.sample import Registered
from tests.moto import Moto
from tests.waiting import eventually

NAME = KeyId("subject-1", Category.CIVIL_IDENTITY, "-")


@pytest.fixture
def settings(
    engines: Engines, kms_namespace: str, moto: Moto, monkeypatch: pytest.MonkeyPatch
) -> SystemSettings:
    """A system with its keys in KMS, in the environment too."""
    settings = engines.system_settings(kms_namespace).model_copy(
        update={"key_provider": KeyProvider.AWS_KMS, "kms_endpoint": moto.url}
    )
    for name, value in settings.service_environment().items():
        if "KEY_PROVIDER" in name or "KMS" in name:
            monkeypatch.setenv(name, value)
    return settings


@pytest.mark.promise("C7.1")
async def test_a_service_runs_with_its_keys_in_kms_through_a_rotation(
    settings: SystemSettings, moto: Moto, monkeypatch: pytest.MonkeyPatch
) -> None:
    mongo = MongoClient(settings.mongodb, settings.namespace)
    stored = mongo.database("vault").collection(COLLECTION)
    keys = KmsKeys(Kms(settings))
    async with run_sample(settings.as_seen_by_services(), monkeypatch) as service:
        await service.register("subject-1", "Canari")
        await _projected(service, "subject-1")
        (old, *none) = await keys.versions("civil_identity")
        assert none == []
        before = await stored.find_one({"_id": NAME.text()})
        assert before is not None
        assert before["wrapped_under"] == old

        rotation = KeyRotation(mongo.database("vault"), keys)
        begun = await rotation.begin("civil_identity")
        await service.register("subject-2", "Canari")
        done = await rotation.retire(await rotation.rewrap(begun))
        assert (done.old, done.rewrapped) == ((old,), 1)
        assert await keys.versions("civil_identity") == [done.version]
        assert await rotation.wrapped_under("civil_identity", done.version) == 2
        # KMS refuses every use of a key in this state; moto knows the state alone.
        metadata = moto.client.describe_key(KeyId=old)["KeyMetadata"]
        assert metadata["KeyState"] == "PendingDeletion"

        for subject in ("subject-1", "subject-2"):
            service.vault.drop(KeyId(subject, Category.CIVIL_IDENTITY, "-"))
            await _projected(service, subject)
        await service.vault.destroy(NAME)
        event = (await service.store.load("learner-subject-1"))[0].event
        assert isinstance(event, Registered)
        assert event.first_name.reveal() == Erased(category=Category.CIVIL_IDENTITY)
    keys.close()
    mongo.close()


async def test_while_kms_is_away_nothing_reads_as_erased_and_nothing_is_lost(
    settings: SystemSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = "learner-subject-3"
    async with run_sample(settings.as_seen_by_services(), monkeypatch) as service:
        await service.register("subject-3", "Canari")
        await _projected(service, "subject-3")

    monkeypatch.setattr("shared.vault.kms.ATTEMPTS", 1)
    nowhere = f"http://127.0.0.1:{free_ports(1)[0]}"
    monkeypatch.setenv("CARIONEXIQ_KMS_ENDPOINT", nowhere)
    async with run_sample(settings.as_seen_by_services(), monkeypatch) as service:
        answer = await service.client.get("/people/subject-3")
        assert answer.status_code == 503
        assert answer.json()["code"] == "unavailable"
        with pytest.raises(KeysUnavailableError, match="AWS KMS: EndpointConnectionError"):
            await service.store.load(stream)
        with pytest.raises(KeysUnavailableError):
            await service.register("subject-4", "Canari")
        assert await service.store.load("learner-subject-4") == []
        assert service.runtime.dead_letters.count == 0

    mongo = MongoClient(settings.mongodb, settings.namespace)
    encryption = KmsEncryption(Kms(settings), "identity")
    keys = DataKeys(mongo.database("vault"), encryption, SystemClock())
    back = Vault(keys, Keyring(category_keys={}))
    sealed = await mongo.database("identity").collection("people").find_one({"_id": "subject-3"})
    assert sealed is not None
    assert (await back.open_document(sealed))["first_name"].text() == "Canari"
    keys.close()
    mongo.close()


async def test_requests_to_kms_carry_ids_alone_and_few_at_a_time(
    settings: SystemSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    kms = Kms(settings)
    under_way, most = 0, 0
    contexts: list[dict[str, str]] = []
    real = kms._client.encrypt

    def encrypt(**request: Any) -> Any:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        contexts.append(request["EncryptionContext"])
        try:
            return real(**request)
        finally:
            under_way -= 1

    monkeypatch.setattr(kms._client, "encrypt", encrypt)
    encryption = KmsEncryption(kms, "identity")
    ids = [KeyId(f"subject-{n}", Category.CONTACT, "-") for n in range(40)]
    await encryption.wrap({key_id: bytes(32) for key_id in ids})
    assert contexts[0].keys() == {"subject", "category", "object"}
    assert {context["subject"] for context in contexts} == {one.subject for one in ids}
    assert 1 < most <= 8
    encryption.close()


async def _projected(service: Running, subject: str) -> None:
    async def there() -> bool:
        return (await service.person(subject)).get("first_name") == "Canari"

    await eventually(there)
