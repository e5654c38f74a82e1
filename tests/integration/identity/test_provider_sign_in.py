"""Staff sign in with an external provider: a real one, in a process of its own."""

import time
from collections.abc import Iterator
from typing import Any, Final

import httpx
import pytest

from shared.http.auth import Role
from tests.integration.identity.conftest import PASSWORD, Identity
from tests.integration.identity.test_accounts import confirmed
from tests.openid import CLIENT_ID, CLIENT_SECRET, Provider, openid_provider

PORTAL: Final = "https://portal.test"
EMAIL: Final = "agnes@canari.test"
SUBJECT: Final = {"sub": "subject-1", "email": EMAIL, "email_verified": True, "amr": ["mfa"]}


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with openid_provider(f"{PORTAL}/sign-in/provider/back") as provider:
        yield provider


@pytest.fixture
def provider(running: Provider, monkeypatch: pytest.MonkeyPatch) -> Provider:
    """The provider, configured before the service starts."""
    monkeypatch.setenv("CARIONEXIQ_PUBLIC_URL", PORTAL)
    monkeypatch.setenv("CARIONEXIQ_OIDC_ISSUER", running.issuer)
    monkeypatch.setenv("CARIONEXIQ_OIDC_CLIENT_ID", CLIENT_ID)
    monkeypatch.setenv("CARIONEXIQ_OIDC_CLIENT_SECRET", CLIENT_SECRET)
    monkeypatch.setenv("CARIONEXIQ_OIDC_AMR_VALUES", "mfa hwk")
    return running


async def _came_back(
    identity: Identity, provider: Provider, claims: dict[str, Any], **changed: str
) -> httpx.Response:
    """Go to the provider and back, as a browser does; `changed` is what it comes back with."""
    provider.decides(claims=claims)
    led = (await identity.client.post("/provider-sign-ins")).json()
    back = provider.sends_back(led["address"])
    body = {**dict(back.params), "pending": led["pending"], **changed}
    return await identity.client.post(
        "/sessions/provider", json=body, headers={"X-Forwarded-For": "192.0.2.7"}
    )


async def _appointed(identity: Identity) -> str:
    body = {"name": "Agnès Exemple", "email": EMAIL, "role": "support", "password": PASSWORD}
    system = identity.token("system", Role.SYSTEM)
    answer = await identity.client.post("/staff", json=body, headers=system)
    staff: str = answer.json()["staff_id"]
    return staff


async def _invited(identity: Identity, staff: str) -> None:
    admin = identity.token("admin", Role.ADMINISTRATOR)
    path = f"/staff/{staff}/provider-invitation"
    assert (await identity.client.post(path, headers=admin)).status_code == 204


@pytest.mark.promise("C4.3", "C7.3")
async def test_an_invited_member_is_linked_once_and_known_by_the_subject_from_then_on(
    provider: Provider, identity: Identity
) -> None:
    staff = await _appointed(identity)
    refused = await _came_back(identity, provider, SUBJECT)
    assert (refused.status_code, refused.json()["code"]) == (403, "not-invited")
    await _invited(identity, staff)
    for stranger in (
        {**SUBJECT, "email_verified": False},
        {**SUBJECT, "email": "somebody@canari.test"},
    ):
        assert (await _came_back(identity, provider, stranger)).json()["code"] == "not-invited"
    arrived = await _came_back(identity, provider, SUBJECT)
    assert arrived.status_code == 201, arrived.text
    assert (arrived.json()["subject"], arrived.json()["role"]) == (staff, "support")
    assert arrived.json()["strong"]

    # The address has passed to somebody else, and the person has got another one.
    heir = await _came_back(identity, provider, {**SUBJECT, "sub": "subject-2"})
    assert (heir.status_code, heir.json()["code"]) == (403, "not-invited")
    moved = {**SUBJECT, "email": "agnes.autre@canari.test"}
    assert (await _came_back(identity, provider, moved)).json()["subject"] == staff

    # A new invitation ends the link, and whoever the address is verified for is linked.
    await _invited(identity, staff)
    assert (await _came_back(identity, provider, moved)).json()["code"] == "not-invited"
    again = await _came_back(identity, provider, {**SUBJECT, "sub": "subject-2"})
    assert again.json()["subject"] == staff
    assert (await _came_back(identity, provider, moved)).json()["code"] == "not-invited"

    system = identity.token("system", Role.SYSTEM)
    await identity.client.delete(f"/staff/{staff}", headers=system)
    left = await _came_back(identity, provider, {**SUBJECT, "sub": "subject-2"})
    assert left.status_code == 403


@pytest.mark.promise("C7.3")
async def test_nobody_else_and_nothing_else_comes_in_by_the_provider(
    provider: Provider, identity: Identity
) -> None:
    await confirmed(identity)
    learner = {**SUBJECT, "email": "canari@canari.test"}
    assert (await _came_back(identity, provider, learner)).json()["code"] == "not-invited"
    staff = await _appointed(identity)
    await _invited(identity, staff)
    weak = {**SUBJECT, "amr": ["pwd"]}
    assert (await _came_back(identity, provider, weak)).json()["code"] == "weak-sign-in"
    for changed in ({"state": "another"}, {"pending": "forged.by.me"}, {"code": "guessed"}):
        answer = await _came_back(identity, provider, SUBJECT, **changed)
        assert (answer.status_code, answer.json()["code"]) == (403, "provider-refused")
    admin = identity.token("support", Role.SUPPORT)
    path = f"/staff/{staff}/provider-invitation"
    assert (await identity.client.post(path, headers=admin)).status_code == 403


@pytest.mark.promise("C7.3")
async def test_who_signs_out_at_the_provider_is_signed_out_here_by_a_token_that_serves_once(
    provider: Provider, identity: Identity
) -> None:
    staff = await _appointed(identity)
    await _invited(identity, staff)
    assert (await _came_back(identity, provider, SUBJECT)).status_code == 201

    async def told(token: str) -> tuple[int, str]:
        answer = await identity.client.post("/provider-logouts", json={"logout_token": token})
        return answer.status_code, answer.json().get("code", "")

    now = int(time.time())  # noqa: TID251 - a provider lives by its own clock
    wrongs: list[dict[str, Any]] = [
        {"forged": True},
        {"typ": "JWT"},
        {"wrong": {"iss": "https://other.test"}},
        {"wrong": {"aud": "somebody else"}},
        {"wrong": {"events": {}}},
        {"wrong": {"events": None}},
        {"wrong": {"nonce": "n"}},
        {"wrong": {"sub": None, "sid": "s-1"}},
        {"wrong": {"jti": None}},
        {"wrong": {"exp": None}},
        {"wrong": {"iat": now - 300, "exp": now - 200}},
        {"wrong": {"exp": now + 3600}},
    ]
    for number, wrong in enumerate(wrongs):
        token = provider.tells_of_logout("subject-1", f"wrong-{number}", **wrong)
        assert await told(token) == (403, "provider-refused"), wrong
    assert await told("no token at all") == (403, "provider-refused")
    assert await told(provider.tells_of_logout("a stranger", "jti-0")) == (200, "")
    token = provider.tells_of_logout("subject-1", "jti-1")
    assert await told(token) == (200, "")
    assert await told(token) == (400, "already-served")
    (ended,) = await identity.published("SessionsEnded")
    assert (ended.subject, ended.data.model_dump()) == (
        staff,
        {"account_id": staff, "by": "provider"},
    )


async def test_without_a_provider_there_is_no_such_way(identity: Identity) -> None:
    assert (await identity.client.post("/provider-sign-ins")).status_code == 404
