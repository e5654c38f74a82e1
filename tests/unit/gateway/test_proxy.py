"""What passes through `/api` goes on as it came, whatever it is."""

import httpx
import pytest

from shared.http.auth import Role
from tests.unit.gateway.conftest import Gateway


@pytest.mark.parametrize(
    "target",
    ["/me/a%20b", "/me/%00", "/me/a%2Fb?x=%FF&x=%26", "/me/%C3%A9", "//me", "/me?", "/me/..%2f"],
)
async def test_paths_and_queries_stay_escaped(gateway: Gateway, target: str) -> None:
    gateway.services.answer = httpx.Response(200, json={})
    async with gateway.client(Role.LEARNER) as browser:
        url = httpx.URL("https://portal.test").copy_with(raw_path=f"/api/identity{target}".encode())
        assert (await browser.get(url)).status_code == 200
    (asked,) = gateway.services.requests
    assert asked.url.raw_path.decode() == target.removesuffix("?")


async def test_fields_go_on_byte_for_byte(gateway: Gateway) -> None:
    gateway.services.answer = httpx.Response(200, json={})
    async with gateway.client(Role.LEARNER) as browser:
        await browser.get("/api/identity/me", headers=[(b"Idempotency-Key", b"\xe9\xff")])
    (asked,) = gateway.services.requests
    assert dict(asked.headers.raw)[b"idempotency-key"] == b"\xe9\xff"


async def test_a_body_is_announced_and_no_body_is_none(gateway: Gateway) -> None:
    gateway.services.answer = httpx.Response(200, json={})
    token = {"X-CSRF-Token": gateway.csrf(Role.LEARNER)}
    async with gateway.client(Role.LEARNER) as browser:
        await browser.post("/api/identity/me", json={"a": 1}, headers=token)
        await browser.post("/api/identity/me", headers=token)
    with_body, without = gateway.services.requests
    assert with_body.headers["content-length"] == "7"
    assert "transfer-encoding" not in with_body.headers
    assert without.headers.get("content-length", "0") == "0"
    assert "transfer-encoding" not in without.headers


async def test_a_service_whose_slash_is_hidden_in_an_escape_is_none(gateway: Gateway) -> None:
    async with gateway.client() as browser:
        url = httpx.URL("https://portal.test").copy_with(raw_path=b"/api/identity%2Fme")
        assert (await browser.get(url)).status_code == 404
    assert gateway.services.requests == []


async def test_a_form_token_of_any_characters_is_refused(gateway: Gateway) -> None:
    async with gateway.client(Role.LEARNER) as browser:
        headers = [(b"X-CSRF-Token", b"\xe9")]
        assert (await browser.post("/api/identity/me", headers=headers)).status_code == 403
    assert gateway.services.requests == []
