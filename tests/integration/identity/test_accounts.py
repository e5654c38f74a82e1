"""Accounts over HTTP, on the real engines."""

import asyncio

import pytest

from services.identity.application.throttle import LETTERS_ADDRESS
from shared.events.base import SubjectId
from shared.events.erasure import KeyScope
from shared.events.identity import (
    EmailConfirmationRequested,
    LearnerRegistered,
)
from shared.events.retention import ErasureOrdered
from shared.http.auth import Role
from shared.personal import Category
from tests.integration.identity.conftest import PASSWORD, Identity

EMAIL = "canari@canari.test"


async def confirmed(identity: Identity, email: str = EMAIL) -> str:
    await identity.register(email)
    (asked,) = await identity.published("EmailConfirmationRequested")
    assert isinstance(asked.data, EmailConfirmationRequested)
    token = await identity.text(asked.data.token)
    answer = await identity.client.post("/confirmations", json={"token": token})
    assert answer.status_code == 200
    return str(answer.json()["learner_id"])


@pytest.mark.promise("C1.2")
async def test_register_confirm_sign_in_and_see_oneself(identity: Identity) -> None:
    assert (await identity.register(EMAIL)).status_code == 202
    early = await identity.sign_in(EMAIL)
    assert (early.status_code, early.json()["code"]) == (403, "account-unconfirmed")
    (asked,) = await identity.published("EmailConfirmationRequested")
    assert isinstance(asked.data, EmailConfirmationRequested)
    token = await identity.text(asked.data.token)
    await identity.client.post("/confirmations", json={"token": token})
    session = await identity.sign_in("CANARI@canari.test")
    assert session.status_code == 201
    assert session.json()["role"] == "learner"
    subject = session.json()["subject"]
    me = await identity.client.get("/me", headers=identity.token(subject, Role.LEARNER))
    assert me.json()["email"] == EMAIL
    assert me.json()["telephone"] == "+33639980001"
    assert me.json()["state"] == "open"


@pytest.mark.promise("C7.2")
async def test_a_weak_password_is_refused_with_its_field_whether_or_not_the_address_is_known(
    identity: Identity,
) -> None:
    await identity.register(EMAIL)
    for email in (EMAIL, "autre@canari.test"):
        refused = await identity.register(email, password="MotDePasse!2026")
        assert refused.status_code == 422
        assert refused.json()["errors"] == [{"pointer": "/password", "code": "password_common"}]
    own = await identity.register("autre@canari.test", password="autre@canari.test")
    assert own.json()["errors"] == [{"pointer": "/password", "code": "password_own_data"}]


async def test_of_concurrent_registrations_of_one_address_one_account_comes_to_be(
    identity: Identity,
) -> None:
    at_once = LETTERS_ADDRESS.free
    answers = await asyncio.gather(*(identity.register(EMAIL) for _ in range(at_once)))
    assert {answer.status_code for answer in answers} == {202}
    assert {answer.text for answer in answers} == {"{}"}
    commits = identity.mongo.database("identity").collection("commits")
    subjects = await commits.distinct("subject")
    assert len(subjects) == 1


async def test_a_known_address_gets_the_same_answer_as_an_unknown_one(
    identity: Identity,
) -> None:
    await confirmed(identity)
    again = await identity.register(EMAIL)
    other = await identity.register("autre@canari.test")
    assert (again.status_code, again.text) == (other.status_code, other.text)
    wrong = await identity.sign_in(EMAIL, "pas le bon mot de passe")
    nobody = await identity.sign_in("personne@canari.test")
    assert wrong.status_code == nobody.status_code == 401
    assert wrong.json() == nobody.json()


@pytest.mark.promise("C8.2")
async def test_a_rectification_shows_at_once_and_keeps_the_rest(identity: Identity) -> None:
    subject = await confirmed(identity)
    headers = identity.token(subject, Role.LEARNER)
    await identity.client.patch("/me", json={"first_name": "Corrigé"}, headers=headers)
    me = (await identity.client.get("/me", headers=headers)).json()
    assert (me["first_name"], me["last_name"]) == ("Corrigé", "Nom")
    bad = await identity.client.patch("/me", json={"telephone": "canari-secret"}, headers=headers)
    assert bad.status_code == 422
    assert "canari-secret" not in bad.text
    assert bad.json()["errors"][0]["pointer"] == "/telephone"


async def test_a_time_zone_is_chosen_kept_sealed_and_told_to_the_owner(identity: Identity) -> None:
    subject = await confirmed(identity)
    headers = identity.token(subject, Role.LEARNER)
    assert (await identity.client.get("/me", headers=headers)).json()["zone"] == "Europe/Paris"
    chosen = {"zone": "America/New_York"}
    assert (await identity.client.put("/me/zone", json=chosen, headers=headers)).status_code == 200
    assert (await identity.client.get("/me", headers=headers)).json()["zone"] == chosen["zone"]
    bad = await identity.client.put("/me/zone", json={"zone": "Europe/Atlantis"}, headers=headers)
    assert (bad.status_code, bad.json()["errors"][0]["pointer"]) == (422, "/zone")
    commits = identity.mongo.database("identity").collection("commits")
    stored = str([document async for document in commits.find({})])
    assert "New_York" not in stored
    held = (await identity.client.get("/me/held-data", headers=headers)).json()["items"]
    assert chosen["zone"] in [one["value"] for one in held if one["field"] == "zone"]


@pytest.mark.promise("C1.5", "C7.2")
async def test_nothing_personal_stands_readable_and_the_password_is_not_shown(
    identity: Identity, capsys: pytest.CaptureFixture[str]
) -> None:
    subject = await confirmed(identity)
    await identity.sign_in(EMAIL)
    database = identity.mongo.database("identity")
    everything = str([d async for d in database.collection("commits").find({})])
    everything += str([d async for d in database.collection("email_index").find({})])
    everything += capsys.readouterr().out
    for value in ("canari@", "Prénom", "639980001", "192.0.2.7", "Navigateur", "argon2", PASSWORD):
        assert value not in everything
    held = await identity.client.get("/me/held-data", headers=identity.token(subject, Role.LEARNER))
    by_field = {item["field"]: item["value"] for item in held.json()["items"]}
    assert by_field["ip_address"] == "192.0.2.7"
    assert by_field["password_hash"] == "•••"


@pytest.mark.promise("C8.4")
async def test_after_erasure_sign_in_is_impossible_and_the_address_is_free(
    identity: Identity,
) -> None:
    subject = await confirmed(identity)
    (registered,) = await identity.published("LearnerRegistered")
    assert isinstance(registered.data, LearnerRegistered)
    order = ErasureOrdered(
        case_id="case-1",
        subject_id=SubjectId(subject),
        scopes=tuple(
            KeyScope(category=category)
            for category in (Category.CIVIL_IDENTITY, Category.CONTACT, Category.CREDENTIALS)
        ),
        mode="deleted",
        reason="request",
        rule_ids=("identity",),
        closes_account=True,
    )
    await identity.deliver(order, subject, "order-1")
    (erased, closed) = await identity.published("DataErased", "AccountClosed")
    assert erased.data.model_dump()["counts"][Category.CIVIL_IDENTITY] == 2
    assert closed.data.model_dump()["reason"] == "erasure"
    assert (await identity.sign_in(EMAIL)).status_code == 401
    await identity.register(EMAIL)
    commits = identity.mongo.database("identity").collection("commits")
    assert len(await commits.distinct("subject")) == 2


@pytest.mark.promise("C4.1", "C4.2", "C4.3")
async def test_staff_see_only_what_their_role_needs(identity: Identity) -> None:
    administrator = identity.token("admin", Role.ADMINISTRATOR)
    body = {
        "name": "Membre Test",
        "email": "appui@canari.test",
        "role": "support",
        "password": PASSWORD,
    }
    created = await identity.client.post("/staff", json=body, headers=administrator)
    assert created.status_code == 201
    assert (
        await identity.client.post("/staff", json=body, headers=administrator)
    ).status_code == 409
    session = (await identity.sign_in("appui@canari.test")).json()
    assert session["role"] == "support"
    support = identity.token(session["subject"], Role.SUPPORT)
    learner = await confirmed(identity)
    (row,) = await identity.listed("/learners", support, 1)
    assert row["first_name"] == "Prénom"
    assert "email" not in row
    assert (await identity.client.get("/traces", headers=support)).status_code == 403
    billing = identity.token("b", Role.BILLING)
    assert (await identity.client.get("/learners", headers=billing)).status_code == 403
    assert (
        await identity.client.get(f"/learners/{learner}/held-data", headers=support)
    ).status_code == 403


@pytest.mark.promise("C1.3", "C2.7", "C2.9")
async def test_prospects_and_support_requests_reach_their_queues(identity: Identity) -> None:
    contact = {"name": "Prospect Test", "email": "prospect@canari.test", "message": "Un besoin"}
    assert (await identity.client.post("/contact-requests", json=contact)).status_code == 202
    support = identity.token("s", Role.SUPPORT)
    (row,) = await identity.listed("/support-requests", support, 1)
    assert row["messages"][0]["text"] == "Un besoin"  # type: ignore[index]
    subject = await confirmed(identity, "prospect@canari.test")
    await identity.published("ProspectConverted")
    learner = identity.token(subject, Role.LEARNER)
    opened = await identity.client.post(
        "/me/support-requests", json={"message": "Une question"}, headers=learner
    )
    request = f"/support-requests/{opened.json()['request_id']}"
    await identity.client.post(f"{request}/replies", json={"message": "Réponse"}, headers=support)
    await identity.client.post(f"{request}/resolution", headers=support)
    late = await identity.client.post(
        f"{request}/replies", json={"message": "Trop tard"}, headers=support
    )
    assert late.status_code == 409
    await identity.published("SupportRequestResolved")
    mine, before = await identity.listed("/me/support-requests", learner, 2)
    assert before["messages"][0]["text"] == "Un besoin", "the account goes on with what was asked"  # type: ignore[index]
    assert mine["subject_id"] == subject
