"""No other site can make somebody's browser change anything: every route is tried."""

from collections.abc import Iterator, Mapping
from typing import Final

import httpx
import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from services.gateway.same_site import BY_TOKEN, SAFE, is_foreign
from shared.http.auth import Role
from tests.unit.gateway.conftest import PUBLIC_URL, Gateway

FORM: Final = "This form has expired"
VISITORS: Final = (None, *(role for role in Role if role is not Role.SYSTEM))
FOREIGN: Final[tuple[Mapping[str, str], ...]] = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
    {"Origin": "https://evil.test"},
    {"Origin": "http://portal.test"},
    {"Origin": "https://portal.test.evil.test"},
)
"""Routes that no browser is meant to call: they read no cookie."""


def changing(gateway: Gateway) -> Iterator[tuple[str, str]]:
    """Yield method and path of every route that may change something."""
    for context in iter_route_contexts(gateway.app.routes):
        if isinstance(context.original_route, APIRoute):
            path = str(context.path).replace("{path:path}", "me/enrolments")
            path = path.replace("{service}", "learning").replace("{work}", "replay")
            path = path.replace("{kind}", "objection")
            for method in sorted((context.methods or set()) - SAFE):
                if path not in BY_TOKEN:
                    yield method, path.replace("{", "").replace("}", "")


async def send(
    browser: httpx.AsyncClient,
    method: str,
    path: str,
    token: str,
    headers: Mapping[str, str] | None = None,
) -> httpx.Response:
    """Send what the route takes, with `token` where forms and where programs carry it."""
    told = {"email": "somebody@canari.test", "password": "of somebody"}
    sent = {**(headers or {}), "X-CSRF-Token": token}
    if path.startswith("/api/"):
        return await browser.request(method, path, json=told, headers=sent)
    return await browser.request(method, path, data={**told, "csrf": token}, headers=sent)


def refused(answer: httpx.Response) -> bool:
    """Whether the answer says that the request is not from a page of ours."""
    if answer.headers.get("content-type") == "application/problem+json":
        return bool(answer.status_code == 403 and answer.json()["code"] == "csrf")
    return answer.status_code == 403 and FORM in answer.text


@pytest.mark.promise("C7.4")
async def test_every_changing_route_refuses_a_request_from_another_site_whatever_it_carries(
    gateway: Gateway,
) -> None:
    routes = list(changing(gateway))
    assert len(routes) > 40
    for role in (None, Role.LEARNER, Role.ADMINISTRATOR):
        async with gateway.client(role) as browser:
            for number, (method, path) in enumerate(routes):
                foreign = FOREIGN[number % len(FOREIGN)]
                token = gateway.csrf(role)
                answer = await send(browser, method, path, token, foreign)
                assert refused(answer), (method, path, foreign)
    assert gateway.services.requests == []


@pytest.mark.promise("C7.4")
async def test_every_changing_route_refuses_a_form_without_the_token_of_browser_and_session(
    gateway: Gateway,
) -> None:
    others = ("", "0" * 64, gateway.csrf(Role.SYSTEM), gateway.portal.guard.token("another", None))
    for method, path in changing(gateway):
        told = set()
        for number, role in enumerate(VISITORS):
            async with gateway.client(role) as browser:
                token = others[number % len(others)]
                answer = await send(browser, method, path, token)
            elsewhere = answer.headers.get("location", "").startswith("/sign-in")
            another_role = answer.status_code == 403 and "another role" in answer.text
            through = path.startswith("/api/") and role is None
            assert refused(answer) or elsewhere or another_role or through, (method, path, role)
            told.add(refused(answer))
        assert True in told, (method, path)
    assert all("authorization" not in request.headers for request in gateway.services.requests)


async def test_a_form_of_ours_is_taken(gateway: Gateway) -> None:
    for method, path in changing(gateway):
        taken = False
        for role in VISITORS:
            async with gateway.client(role) as browser:
                answer = await send(
                    browser, method, path, gateway.csrf(role), {"Sec-Fetch-Site": "same-origin"}
                )
            assert not refused(answer), (method, path, role)
            taken = taken or answer.status_code != 403
        assert taken, (method, path)


@pytest.mark.parametrize("headers", FOREIGN)
def test_what_comes_from_elsewhere_is_told_by_the_browser(headers: Mapping[str, str]) -> None:
    lower = {name.lower(): value for name, value in headers.items()} | {"host": "portal.test:81"}
    assert is_foreign("POST", lower, PUBLIC_URL)
    assert not is_foreign("GET", lower, PUBLIC_URL)


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "same-origin", "origin": "null"},
        {"sec-fetch-site": "none"},
        {"origin": PUBLIC_URL},
        {"origin": "https://localhost:8000", "host": "localhost:8000"},
        {"origin": "null"},
        {},
    ],
)
def test_what_comes_from_our_pages_passes(headers: Mapping[str, str]) -> None:
    assert not is_foreign("POST", headers, PUBLIC_URL)


@pytest.mark.promise("C7.1")
async def test_every_cookie_is_this_hosts_alone_and_kept_from_scripts(gateway: Gateway) -> None:
    gateway.services.answer = httpx.Response(
        201,
        json={"subject": "s", "role": "learner", "language": "fr", "device": "d", "strong": False},
    )

    async def start(*_: object, **__: object) -> str:
        return "token"

    gateway.sessions.start = start  # type: ignore[attr-defined] # what signing in does
    headers = {"Sec-Fetch-Site": "same-origin"}
    sent: list[str] = []
    async with gateway.client() as browser:
        browser.cookies.delete("__Host-form")
        sent += (await browser.get("/sign-in")).headers.get_list("set-cookie")
    async with gateway.client() as browser:
        data = {"csrf": gateway.csrf(), "theme": "dark", "language": "en", "email": "a@b.test"}
        for path in ("/sign-in", "/preferences"):
            answer = await browser.post(path, data=data, headers=headers)
            sent += answer.headers.get_list("set-cookie")
    async with gateway.client(Role.LEARNER) as browser:
        data = {"csrf": gateway.csrf(Role.LEARNER)}
        answer = await browser.post("/sign-out", data=data, headers=headers)
        sent += answer.headers.get_list("set-cookie")
    names = {one.partition("=")[0] for one in sent}
    assert {"__Host-form", "__Host-session", "__Host-device", "__Host-notice"} <= names
    for cookie in sent:
        attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert cookie.startswith("__Host-"), cookie
        assert {"secure", "httponly", "samesite=lax", "path=/"} <= attributes, cookie
        assert not any(one.startswith("domain") for one in attributes)
