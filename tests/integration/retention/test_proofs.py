"""What was written down about an erasure, handed out and compared with the rest."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.retention.adapters.certificate_file import verified_file
from services.retention.adapters.certificate_key import read_public_key
from services.retention.adapters.ledger import ErasureLedger
from shared.http.auth import Role
from shared.ledger_mark import FILE
from shared.restoration import NotServableError
from tests.integration.retention.conftest import START, World
from tests.integration.retention.test_erasure import WHO, live_a_life

CHECK = "/ledger/verification"


async def erased(world: World) -> dict[str, Any]:
    """Live a life, ask for its erasure, and return the case."""
    await live_a_life(world)
    learner = world.headers(WHO, Role.LEARNER)
    await world.client.post("/me/erasure", json={"confirm": True}, headers=learner)
    return (await world.certified(1))[0]


def ledger_of(world: World) -> Path:
    return world.settings.data_dir / "ledger" / FILE


async def downloaded(world: World, path: str, subject: str, role: Role) -> httpx.Response:
    return await world.client.get(path, headers=world.headers(subject, role))


@pytest.mark.promise("C8.4")
async def test_a_certificate_is_handed_out_and_checked_without_the_service(
    world: World, tmp_path: Path
) -> None:
    case_id = (await erased(world))["case_id"]
    pem = tmp_path / "key.pem"
    pem.write_text((await world.client.get("/certificate-key")).json()["pem"])
    content = []
    for path, subject, role in (
        (f"/certificates/{case_id}", "dpo-1", Role.DPO),
        (f"/me/certificates/{case_id}", WHO, Role.LEARNER),
    ):
        for ending, kind in (("file", "application/json"), ("pdf", "application/pdf")):
            answer = await downloaded(world, f"{path}/{ending}", subject, role)
            assert answer.status_code == httpx.codes.OK
            assert answer.headers["content-type"] == kind
            assert answer.headers["content-disposition"].startswith("attachment; filename=")
            file = tmp_path / "certificate"
            file.write_bytes(answer.content)
            found = await asyncio.to_thread(verified_file, file, read_public_key(pem))
            content.append(found.certificate)
    assert content[0]["case_id"] == case_id
    assert all(one == content[0] for one in content)
    for ending in ("file", "pdf"):
        path = f"/me/certificates/{case_id}/{ending}"
        answer = await downloaded(world, path, "learner-2", Role.LEARNER)
        assert answer.status_code == httpx.codes.NOT_FOUND


@pytest.mark.promise("C8.4")
async def test_ledger_keys_and_certificates_agree_after_an_erasure(world: World) -> None:
    case = await erased(world)
    found = await world.get(CHECK)
    assert found["defect"] is None
    # The key of the canaries goes last, at once.
    assert found["destroyed_keys"] == len(case["scopes"]) + 1
    assert found["entries"] == 2 * len(case["scopes"]) + 1, "disabled, then destroyed"
    assert found["unlisted_keys"] == 0
    certificates = await world.get(f"{CHECK}/certificates")
    assert (certificates["checked"], certificates["total"]) == (1, 1)
    assert certificates["not_genuine"] == certificates["not_in_ledger"] == []


@pytest.mark.promise("C8.4")
@pytest.mark.parametrize("change", ["edit", "cut", "empty", "add"])
async def test_a_ledger_changed_under_the_service_is_found(world: World, change: str) -> None:
    await erased(world)
    file = ledger_of(world)
    lines = file.read_text().splitlines(keepends=True)
    changed = {
        "edit": [json.dumps({**json.loads(lines[0]), "object": "other"}) + "\n", *lines[1:]],
        "cut": lines[:-1],
        "empty": [],
        "add": [*lines, lines[-1]],
    }
    file.write_text("".join(changed[change]))
    assert FILE in (await world.get(CHECK))["defect"]


@pytest.mark.promise("C8.4")
@pytest.mark.parametrize("forged", ["shortened", "other case"])
async def test_a_ledger_written_anew_with_a_sound_chain_is_found(world: World, forged: str) -> None:
    scopes = [(s["category"], s["object"]) for s in (await erased(world))["scopes"]]
    file = ledger_of(world)
    file.unlink()
    anew = ErasureLedger(file.parent)
    anew.open()
    anew.record("case-x", WHO, scopes[:-1] if forged == "shortened" else scopes, START)
    with pytest.raises(NotServableError, match=FILE):
        await world.restart_retention()
    # Whoever also reaches the vault's database can take the mark away, but not the rest.
    await world.mongo.database("vault").collection("restoration").delete_many({})
    await world.serve()
    found = await world.get(CHECK)
    assert found["defect"] is None, "the chain is sound"
    # The key of the canaries has lost its entry too.
    assert found["unlisted_keys"] == (2 if forged == "shortened" else 1)
    certificates = await world.get(f"{CHECK}/certificates")
    assert len(certificates["not_in_ledger"]) == 1
