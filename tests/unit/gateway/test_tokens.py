"""The gateway shows each service a token of its own, and tells whose fault a refusal is."""

import base64
import json
from typing import Any

import httpx
import pytest

from shared.http.auth import Role
from shared.http.problems import SESSION_ENDED, UNAUTHENTICATED, ProblemType
from tests.unit.gateway.conftest import Gateway


def _claims(request: httpx.Request) -> dict[str, Any]:
    scheme, token = request.headers["authorization"].split(" ")
    assert scheme == "Bearer"
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    return claims


@pytest.mark.promise("C4.2", "C7.1")
async def test_each_service_gets_a_token_of_its_own_and_addresses_hold_none(
    gateway: Gateway,
) -> None:
    async with gateway.client(Role.LEARNER) as browser:
        await browser.get("/my-data")
        await browser.get("/api/consent/me/consents")
    services = {8101: "identity", 8102: "learning", 8103: "consent", 8104: "retention"}
    services[8105] = "notify"
    asked = gateway.services.requests
    assert len({request.url.port for request in asked}) == len(services)
    for request in asked:
        claims = _claims(request)
        assert claims["aud"] == services[request.url.port or 0]
        named = (claims["sub"], claims["role"], claims["sid"])
        assert named == ("subject-learner", "learner", "id-learner")
        assert "eyJ" not in str(request.url)


def _refuse(gateway: Gateway, problem: ProblemType) -> None:
    body = {"title": problem.en, "code": problem.code}
    headers = {"content-type": "application/problem+json"}
    gateway.services.answer = httpx.Response(problem.status, json=body, headers=headers)


async def test_a_session_that_services_know_to_be_over_ends_here_too(gateway: Gateway) -> None:
    _refuse(gateway, SESSION_ENDED)
    async with gateway.client(Role.LEARNER) as browser:
        answer = await browser.get("/account/email")
    assert answer.headers["location"] == "/sign-in"
    assert gateway.sessions.ended == ["id-learner"]


async def test_a_token_that_a_service_does_not_know_signs_nobody_out(gateway: Gateway) -> None:
    _refuse(gateway, UNAUTHENTICATED)
    async with gateway.client(Role.LEARNER) as browser:
        answer = await browser.get("/account/email")
    assert answer.status_code == 503
    assert gateway.sessions.ended == []


async def test_the_public_keys_are_there_for_services_and_nothing_else(gateway: Gateway) -> None:
    async with gateway.client() as anybody:
        answer = await anybody.get("/.well-known/jwks.json")
    (key,) = answer.json()["keys"]
    assert key.keys() == {"kty", "crv", "x", "use", "alg", "kid"}
    assert answer.headers["content-type"] == "application/jwk-set+json"
