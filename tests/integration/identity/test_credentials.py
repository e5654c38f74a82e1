"""Forgotten passwords and changed addresses over HTTP, on the real engines."""

from typing import Any

import pytest
from tenacity import AsyncRetrying, stop_after_delay, wait_fixed

from services.identity.application.throttle import PRESENT_PASSWORD
from shared.events.identity import EmailChangeRequested, PasswordRecoveryRequested
from shared.http.auth import Role
from tests.integration.identity.conftest import PASSWORD, Identity
from tests.integration.identity.test_accounts import EMAIL, confirmed

NEW_EMAIL = "nouveau@canari.test"
NEW_PASSWORD = "un autre mot de passe de test"
THIRD_PASSWORD = "encore une phrase de test"


async def asked_change(identity: Identity, subject: str) -> tuple[str, str]:
    """Ask for another address and return the tokens sent to the new and the old one."""
    me = identity.token(subject, Role.LEARNER)
    body = {"email": NEW_EMAIL, "current_password": PASSWORD}
    answer = await identity.client.post("/me/email-change", json=body, headers=me)
    assert answer.status_code == 202
    (event,) = await identity.published("EmailChangeRequested")
    assert isinstance(event.data, EmailChangeRequested)
    return await identity.text(event.data.token), await identity.text(event.data.stop_token)


async def pressed(identity: Identity, path: str, token: str, **more: str) -> tuple[int, Any]:
    answer = await identity.client.post(path, json={"token": token, **more})
    return answer.status_code, answer.json().get("code")


@pytest.mark.promise("C7.2")
async def test_a_forgotten_password_is_replaced_by_a_link_that_serves_once(
    identity: Identity,
) -> None:
    await confirmed(identity)
    for email in (EMAIL, "inconnu@canari.test"):
        answer = await identity.client.post("/recoveries", json={"email": email})
        assert (answer.status_code, answer.text) == (202, "{}")
    (asked,) = await identity.published("PasswordRecoveryRequested")
    assert isinstance(asked.data, PasswordRecoveryRequested)
    token = await identity.text(asked.data.token)
    weak = await identity.client.post("/passwords", json={"token": token, "password": EMAIL})
    assert weak.json()["errors"] == [{"pointer": "/password", "code": "password_own_data"}]
    assert await pressed(identity, "/passwords", token, password=NEW_PASSWORD) == (200, None)
    assert await pressed(identity, "/passwords", token, password=THIRD_PASSWORD) == (
        400,
        "invalid-link",
    )
    assert (await identity.sign_in(EMAIL)).status_code == 401
    assert (await identity.sign_in(EMAIL, NEW_PASSWORD)).status_code == 201
    await identity.published("PasswordChanged")


@pytest.mark.promise("C7.2")
async def test_changing_the_password_needs_the_present_one(identity: Identity) -> None:
    me = identity.token(await confirmed(identity), Role.LEARNER)
    body = {"current_password": "un faux mot de passe", "password": NEW_PASSWORD}
    refused = await identity.client.put("/me/password", json=body, headers=me)
    assert refused.status_code == 422
    assert refused.json()["errors"] == [{"pointer": "/current_password", "code": "password_wrong"}]
    assert (await identity.sign_in(EMAIL)).status_code == 201
    body["current_password"] = PASSWORD
    assert (await identity.client.put("/me/password", json=body, headers=me)).status_code == 200
    assert (await identity.sign_in(EMAIL)).status_code == 401
    assert (await identity.sign_in(EMAIL, NEW_PASSWORD)).status_code == 201


@pytest.mark.promise("C4.3", "C7.2")
async def test_staff_replace_the_password_that_an_administrator_chose(identity: Identity) -> None:
    body = {"name": "Membre Test", "email": EMAIL, "role": "support", "password": PASSWORD}
    system = identity.token("system", Role.SYSTEM)
    staff = (await identity.client.post("/staff", json=body, headers=system)).json()["staff_id"]
    me = identity.token(staff, Role.SUPPORT)
    change = {"current_password": PASSWORD, "password": "Membre Test 2026"}
    weak = await identity.client.put("/me/password", json=change, headers=me)
    assert weak.json()["errors"] == [{"pointer": "/password", "code": "password_own_data"}]
    change["password"] = NEW_PASSWORD
    assert (await identity.client.put("/me/password", json=change, headers=me)).status_code == 200
    assert (await identity.sign_in(EMAIL)).status_code == 401
    assert (await identity.sign_in(EMAIL, NEW_PASSWORD)).status_code == 201
    await identity.published("StaffPasswordChanged")


@pytest.mark.promise("C7.2")
async def test_the_present_password_cannot_be_guessed_at_leisure(identity: Identity) -> None:
    me = identity.token(await confirmed(identity), Role.LEARNER)
    body = {"current_password": "un faux mot de passe", "password": NEW_PASSWORD}
    answers = [
        await identity.client.put("/me/password", json=body, headers=me)
        for _ in range(PRESENT_PASSWORD.free + 1)
    ]
    assert [one.status_code for one in answers] == [422] * PRESENT_PASSWORD.free + [429]


@pytest.mark.promise("C8.2", "C7.2")
async def test_an_address_counts_once_confirmed_and_the_old_one_takes_it_back(
    identity: Identity,
) -> None:
    subject = await confirmed(identity)
    me = identity.token(subject, Role.LEARNER)
    token, stop_token = await asked_change(identity, subject)
    seen = (await identity.client.get("/me", headers=me)).json()
    assert (seen["email"], seen["email_change"]["email"]) == (EMAIL, NEW_EMAIL)
    assert await pressed(identity, "/email-changes/confirmations", token) == (200, None)
    assert await pressed(identity, "/email-changes/confirmations", token) == (400, "invalid-link")
    assert (await identity.sign_in(NEW_EMAIL)).status_code == 201
    assert (await identity.sign_in(EMAIL)).status_code == 401
    # While it can be taken back nobody else gets the old address.
    await identity.register(EMAIL)
    assert await owners(identity) == {subject}
    assert await pressed(identity, "/email-changes/stops", stop_token) == (200, None)
    assert (await identity.client.get("/me", headers=me)).json()["email"] == EMAIL
    for email in (EMAIL, NEW_EMAIL):
        assert (await identity.sign_in(email)).status_code == 401
    (asked,) = await identity.published("PasswordRecoveryRequested")
    assert isinstance(asked.data, PasswordRecoveryRequested)
    recovery = await identity.text(asked.data.token)
    assert await pressed(identity, "/passwords", recovery, password=NEW_PASSWORD) == (200, None)
    assert (await identity.sign_in(EMAIL, NEW_PASSWORD)).status_code == 201
    await settled(identity, rows=1)


async def test_that_an_address_is_taken_is_told_to_its_owner_alone(identity: Identity) -> None:
    subject = await confirmed(identity)
    await identity.register(NEW_EMAIL)
    token, _ = await asked_change(identity, subject)
    assert await pressed(identity, "/email-changes/confirmations", token) == (409, "address-taken")
    assert (await identity.sign_in(EMAIL)).status_code == 201


async def owners(identity: Identity) -> set[str]:
    rows = identity.mongo.database("identity").collection("email_index")
    return {row["subject"] async for row in rows.find({})}


async def settled(identity: Identity, *, rows: int) -> None:
    """Wait until the index holds only `rows` addresses, for good."""
    index = identity.mongo.database("identity").collection("email_index")
    async for attempt in AsyncRetrying(stop=stop_after_delay(20), wait=wait_fixed(0.02)):
        with attempt:
            assert await index.count_documents({}) == rows
            assert await index.count_documents({"until": {"$exists": True}}) == 0
