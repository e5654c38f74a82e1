"""Identity's part of an access file, for who has no account: sealed, by the link, once, gone."""

import json
import re
from typing import Any

import pytest

from shared.access_files import CONTRIBUTORS
from shared.access_files.parts import COLLECTION
from shared.events.access_files import AccessPartMade
from shared.events.base import SubjectId
from shared.events.erasure import KeyScope
from shared.events.identity import AccessFileRequested
from shared.events.retention import ErasureOrdered
from shared.http.auth import Role
from shared.packaging import sha256_of
from shared.personal import Category
from tests.integration.identity.conftest import START, Identity
from tests.integration.identity.test_rights_cases import LETTER, _case, _told
from tests.waiting import eventually

CANARY = "Que savez-vous de moi ?"


async def _rows(identity: Identity) -> list[Any]:
    rows = identity.mongo.database("identity").collection(COLLECTION)
    return list(await rows.find({}).to_list(None))


@pytest.mark.promise("C8.1", "C13.4", "C2.11")
async def test_who_has_no_account_gets_it_by_the_link_once_and_then_it_is_gone(
    identity: Identity,
) -> None:
    dpo, client = identity.token("d", Role.DPO), identity.client
    file_id = await _asked(identity)
    (requested, made) = await identity.published("AccessFileRequested", "AccessPartMade")
    assert isinstance(requested.data, AccessFileRequested)
    person = requested.data.subject_id
    (row,) = await _rows(identity)
    assert CANARY.encode() not in bytes(row["content"])

    async def only_others_are_awaited() -> bool:
        seen = (await client.get(f"/access-files/{file_id}", headers=dpo)).json()
        return set(seen.get("awaited", ())) == set(CONTRIBUTORS) - {"identity"}

    await eventually(only_others_are_awaited)
    for number, service in enumerate(CONTRIBUTORS):
        if service != "identity":
            assert len(await _told(identity, file_id, 1)) == 1, "never told of too early"
            part = AccessPartMade(
                subject_id=person, file_id=file_id, service=service, made_at=START, values=0,
                size=2, sha256="c" * 64,
            )  # fmt: skip
            await identity.deliver(part, person, f"part-{number}", service=service)
    told = (await _told(identity, file_id, 2))[1]
    found = re.search(r"access-file\?token=(\S+)", told)
    assert found is not None
    case = await _case(identity, identity="link")
    assert case["outcome"] is None, "what was written is still to be answered by somebody"

    link = {"token": found.group(1)}
    forged = await client.post("/access-files/opening", json={"token": "x.y.z"})
    assert forged.status_code == 400
    shown = (await client.post("/access-files/linked", json=link)).json()
    assert shown["fetched"] is False
    opening = (await client.post("/access-files/opening", json=link)).json()
    key = {"file_id": file_id, "key": opening["key"]}
    for wrong in ({**key, "key": "0" * 64}, {**key, "file_id": "another"}):
        assert (await client.post("/access-parts", json=wrong)).status_code == 410
    content = (await client.post("/access-parts", json=key)).json()["content"]
    (own,) = [one for one in opening["parts"] if one["service"] == "identity"]
    assert own["sha256"] == sha256_of(content.encode())
    assert isinstance(made.data, AccessPartMade)
    assert (own["size"], own["sha256"]) == (made.data.size, made.data.sha256)
    values = {one["field"]: one["value"] for one in json.loads(content)["values"]}
    assert (values["message"], values["name"]) != (None, None)
    assert CANARY in content
    assert (await client.post("/access-files/fetching", json=link)).status_code == 204
    for act in ("fetching", "opening"):
        again = await client.post(f"/access-files/{act}", json=link)
        assert (again.status_code, again.json()["code"]) == (410, "access-file-fetched")
    await identity.deliver(_order(person, Category.ACCESS_FILE, file_id), person, "ordered-1")

    async def gone() -> bool:
        return await _rows(identity) == []

    await eventually(gone)
    assert (await client.post("/access-parts", json=key)).status_code == 410


@pytest.mark.promise("C8.1", "C8.4")
async def test_a_part_goes_with_the_first_value_in_it_that_is_forgotten(
    identity: Identity,
) -> None:
    file_id = await _asked(identity)
    (made,) = await identity.published("AccessPartMade")
    (row,) = await _rows(identity)
    assert {"access_file", "support", "prospect"} <= {one.split("|")[1] for one in row["scopes"]}
    await identity.deliver(_order(made.subject, Category.SUPPORT, file_id), made.subject, "gone-1")

    async def gone() -> bool:
        return await _rows(identity) == []

    await eventually(gone)


async def _asked(identity: Identity) -> str:
    """Have a letter asked about by the officer and confirmed by its writer; return the file."""
    dpo, client = identity.token("d", Role.DPO), identity.client
    noted = await client.post("/support-requests", json=LETTER, headers=dpo)
    file_id = str(noted.json()["request_id"])
    entered = {"request_id": file_id, "kind": "access"}
    await client.post("/rights-cases", json=entered, headers=dpo)
    (acknowledgement,) = await _told(identity, file_id, 1)
    assert await _rows(identity) == [], "nothing is put together for who has not shown who asks"
    asked = re.search(r"confirm-request\?token=(\S+)", acknowledgement)
    assert asked is not None
    await client.post("/rights-confirmations", json={"token": asked.group(1)})
    return file_id


def _order(person: str, category: Category, thing: str) -> ErasureOrdered:
    return ErasureOrdered(
        case_id="c1",
        subject_id=SubjectId(person),
        mode="deleted",
        reason="term",
        scopes=(KeyScope(category=category, object=thing),),
        rule_ids=("access-file",),
        closes_account=False,
    )
