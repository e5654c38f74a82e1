"""All five services as processes with their keys in AWS KMS: a life, from registering to forgotten.

No key-encryption key is in any file of the system.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from deploy.cli.system import build_system
from shared.database import MongoClient
from shared.http.auth import Role
from shared.settings import KeyProvider
from shared.topics import SERVICES
from shared.vault.data_keys import COLLECTION
from tests.engines import Engines
from tests.forks import forks
from tests.integration.backup.platform import Platform
from tests.moto import Moto


@pytest.mark.promise("C8.4", "C4.2")
@pytest.mark.timeout(180)
async def test_a_learner_registers_learns_and_is_forgotten_with_every_key_in_kms(
    engines: Engines, namespace: str, moto: Moto, tmp_path: Path
) -> None:
    settings = engines.system_settings(namespace, data_dir=tmp_path).model_copy(
        update={
            "key_provider": KeyProvider.AWS_KMS,
            "kms_endpoint": moto.url,
            "destruction_delay_hours": 0,
        }
    )
    system = build_system(settings, services=SERVICES, forks=forks())
    keyrings = settings.secrets_dir / "keyrings"
    for file in keyrings.rglob("*.json"):
        if file != settings.keyring_file("identity"):
            file.unlink()
    kept = json.loads(settings.keyring_file("identity").read_text())
    assert kept["category_keys"] == {}, "only the secret of lookup tokens is in a file"

    mongo = MongoClient(settings.mongodb, settings.namespace)
    data_keys = mongo.database("vault").collection(COLLECTION)
    with system:
        platform = Platform(settings)
        learner, address = platform.registers("kim")
        platform.learns(learner)
        assert platform.signs_in(address).status_code == 201
        held = _held(platform, learner)
        assert address in held
        wrapped = [one async for one in data_keys.find({"wrapped": {"$exists": True}})]
        assert {one["category"] for one in wrapped} >= {"contact", "learning_history", "payment"}
        assert all(one["wrapped_under"].startswith("arn:aws:kms:") for one in wrapped)

        case = platform.ok(
            "POST",
            "retention",
            "/me/erasure",
            who=learner,
            role=Role.LEARNER,
            json={"confirm": True},
        )["case_id"]
        platform.certified(case)
        assert address not in _held(platform, learner)
        left = {one["category"] async for one in data_keys.find({"subject": learner})}
        assert left == {"payment"}
        certificate = platform.ok(
            "GET", "retention", f"/certificates/{case}", who="dpo", role=Role.DPO
        )
        assert "contact" in {scope["category"] for scope in certificate["scopes"]}
    mongo.close()
    assert sorted(file.name for file in keyrings.rglob("*.json")) == ["identity.json"]


def _held(platform: Platform, learner: str) -> str:
    found: dict[str, Any] = platform.ok(
        "GET", "identity", f"/learners/{learner}/held-data", who="dpo", role=Role.DPO
    )
    return json.dumps(found, ensure_ascii=False)
