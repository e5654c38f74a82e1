"""People with and without an account ask; support and the DPO answer, each in their queue."""

from typing import Any

import pytest

from services.identity.application.throttle import CONTACT_NETWORK
from shared.events.base import SubjectId
from shared.events.erasure import KeyScope
from shared.events.retention import ErasureOrdered, KeyDestroyed
from shared.http.auth import Role
from shared.personal import Category
from shared.vault import KeyId
from tests.integration.identity.conftest import Identity
from tests.integration.identity.test_accounts import confirmed

CALLER = "prospect@canari.test"
ASKED = {"name": "Prospect Test", "email": CALLER, "message": "Un besoin", "context": "Achats"}


@pytest.mark.promise("C1.3", "C2.9", "C13.4", "C4.2")
async def test_each_queue_is_seen_by_its_own_role_and_found_by_address(identity: Identity) -> None:
    support, dpo = identity.token("s", Role.SUPPORT), identity.token("d", Role.DPO)
    client = identity.client
    await client.post("/contact-requests", json=ASKED)
    noted = {
        **ASKED, "channel": "telephone", "title": "RE: PROTECTION DES DONNE\u0301ES",
        "message": "Effacez tout",
    }  # fmt: skip
    answer = await client.post("/support-requests", json=noted, headers=support)
    urgent = answer.json()["request_id"]

    (usual,) = await identity.listed("/support-requests", support, 1)
    (priority,) = await identity.listed("/support-requests", dpo, 1)
    known: Any = usual["person"]
    person = {name: value for name, value in known.items() if value is not None}
    assert person == {"known_as": "Prospect Test", "email": CALLER, "context": "Achats"}
    assert (priority["id"], priority["channel"]) == (urgent, "telephone")
    assert priority["subject_id"] == usual["subject_id"], "one address is one person"
    assert str(priority["due_at"]) < str(usual["due_at"])
    for search in (CALLER.upper(), str(usual["id"])):
        found = await client.post(
            "/support-requests/searches", json={"search": search}, headers=support
        )
        assert [one["id"] for one in found.json()["items"]] == [usual["id"]]
    assert (await client.get(f"/support-requests/{urgent}", headers=support)).status_code == 404
    refused = await client.post(
        f"/support-requests/{urgent}/replies", json={"message": "…"}, headers=support
    )
    assert refused.status_code == 404
    readings = identity.mongo.database("identity").collection("commits")
    assert await readings.count_documents({"events.type": "PersonalDataRead"}) > 0


@pytest.mark.promise("C2.7", "C8.1")
async def test_a_learner_adds_to_their_own_request_alone(identity: Identity) -> None:
    learner = identity.token(await confirmed(identity), Role.LEARNER)
    other = identity.token("learner-2", Role.LEARNER)
    support, client = identity.token("s", Role.SUPPORT), identity.client
    asked = await client.post("/me/support-requests", json={"message": "Un"}, headers=learner)
    path = f"/support-requests/{asked.json()['request_id']}"
    await client.post(f"{path}/resolution", headers=support)
    more = {"message": "Deux"}
    assert (await client.post(f"/me{path}/messages", json=more, headers=other)).status_code == 404
    added = await client.post(f"/me{path}/messages", json=more, headers=learner)
    assert added.status_code == 201
    await identity.published("SupportMessageReceived")
    await client.put(f"{path}/assignment", json={"mine": True}, headers=support)
    await identity.published("SupportRequestAssigned")
    (mine,) = await identity.listed("/me/support-requests", learner, 1)
    assert [one["text"] for one in mine["messages"]] == ["Un", "Deux"]  # type: ignore[attr-defined]
    assert mine["resolved"] is False
    assert "assignee" not in mine


@pytest.mark.promise("C2.9", "C8.4")
async def test_an_erased_prospect_is_gone_from_the_queue_and_the_index(identity: Identity) -> None:
    support = identity.token("s", Role.SUPPORT)
    await identity.client.post("/contact-requests", json=ASKED)
    (row,) = await identity.listed("/support-requests", support, 1)
    person, request = SubjectId(str(row["subject_id"])), str(row["id"])
    scopes = (
        KeyScope(category=Category.PROSPECT),
        KeyScope(category=Category.SUPPORT, object=request),
    )
    order = ErasureOrdered(
        case_id="c1", subject_id=person, scopes=scopes, mode="deleted", reason="term",
        rule_ids=("prospects", "prospects-exchanges"), closes_account=False,
    )  # fmt: skip
    await identity.deliver(order, person, "ordered-1")
    await identity.listed("/support-requests", support, 0)
    for scope in scopes:
        await identity.vault.destroy(KeyId(person, scope.category, scope.object))
        gone = KeyDestroyed(
            case_id="c1", subject_id=person, category=scope.category, object=scope.object
        )
        await identity.deliver(gone, person, f"destroyed-{scope.category}")
    # The address is free: who writes again is somebody new.
    await identity.client.post("/contact-requests", json=ASKED)
    (again,) = await identity.listed("/support-requests", support, 1)
    assert again["subject_id"] != person


@pytest.mark.promise("C1.3")
async def test_a_network_that_writes_too_much_has_to_wait(identity: Identity) -> None:
    from_there = {"X-Forwarded-For": "192.0.2.77"}
    for number in range(CONTACT_NETWORK.free):
        body = {**ASKED, "email": f"p{number}@canari.test"}
        sent = await identity.client.post("/contact-requests", json=body, headers=from_there)
        assert sent.status_code == 202
    late = await identity.client.post("/contact-requests", json=ASKED, headers=from_there)
    assert late.status_code == 429
    assert late.json()["retry_after"] > 0
