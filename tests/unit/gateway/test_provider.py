"""The way to an external provider and back, as a browser takes it."""

from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.gateway.pages.home import inner_path
from tests.unit.gateway.conftest import PUBLIC_URL, Gateway, gateway_of

THERE = "https://idp.test/authorize?state=state-1"
WHO = {"subject": "staff-1", "role": "support", "language": "fr", "device": "d", "strong": True}


@pytest.fixture
def offering(tmp_path: Path) -> Gateway:
    """A gateway that offers a provider."""
    return gateway_of(tmp_path, oidc_name="Exemple SSO")


async def _led_away(gateway: Gateway, browser: httpx.AsyncClient, path: str) -> httpx.Response:
    led = {"address": THERE, "pending": "signed.by.identity"}
    gateway.services.answer = httpx.Response(201, json=led)
    return await browser.get(path)


async def test_there_is_no_way_to_a_provider_unless_one_is_configured(
    gateway: Gateway, offering: Gateway
) -> None:
    async with gateway.client() as browser:
        assert (await browser.get("/sign-in/provider")).status_code == 404
        assert (await browser.get("/sign-in/provider/back?code=c")).status_code == 404
        assert "/sign-in/provider" not in (await browser.get("/sign-in")).text
    async with offering.client() as browser:
        shown = (await browser.get("/sign-in?next=/staff/support")).text
    assert "/sign-in/provider?next=/staff/support" in shown
    assert "Exemple SSO" in shown


@pytest.mark.promise("C7.3")
async def test_a_browser_is_led_away_and_comes_back_to_where_it_wanted_to_go(
    offering: Gateway,
) -> None:
    started: list[Any] = []

    async def start(*given: object, **_: object) -> str:
        started.append(given)
        return "token"

    offering.sessions.start = start  # type: ignore[attr-defined] # what arriving does
    async with offering.client() as browser:
        left = await _led_away(offering, browser, "/sign-in/provider?next=/staff/prospects")
        assert (left.status_code, left.headers["location"]) == (303, THERE)
        (cookie,) = left.headers.get_list("set-cookie")
        assert cookie.startswith("__Host-provider=")
        offering.services.answer = httpx.Response(201, json=WHO)
        back = await browser.get("/sign-in/provider/back?code=code-1&state=state-1")
    assert back.headers["location"] == "/staff/prospects"
    assert started[0][0] == "staff-1"
    sent = offering.services.requests[-1].content
    assert b'"code":"code-1"' in sent
    assert b'"pending":"signed.by.identity"' in sent


@pytest.mark.parametrize(
    "query", ["error=access_denied&state=state-1", "code=c", "state=s", "", "code=c&state=s"]
)
async def test_what_the_provider_refuses_is_told_in_words_and_asked_of_nobody(
    offering: Gateway, query: str
) -> None:
    async with offering.client() as browser:
        if "error" in query:
            await _led_away(offering, browser, "/sign-in/provider")
            offering.services.requests.clear()
        back = await browser.get(f"/sign-in/provider/back?{query}")
    assert back.status_code == 403
    assert "did not confirm this sign-in" in back.text
    assert offering.services.requests == []


async def test_a_provider_that_is_away_is_told_on_the_sign_in_page(offering: Gateway) -> None:
    problem = {"title": "The identity provider does not answer.", "code": "provider-away"}
    headers = {"content-type": "application/problem+json"}
    offering.services.answer = httpx.Response(424, json=problem, headers=headers)
    async with offering.client() as browser:
        answer = await browser.get("/sign-in/provider?next=https://evil.test/")
    assert answer.status_code == 424
    assert "identity provider does not answer" in answer.text
    assert "evil.test" not in answer.text


@given(st.text(alphabet=st.characters(codec="utf-8")) | st.text("/\\.:@?#\t\r\n\0 evil"))
@example("//evil.test")
@example("/\\evil.test")
@example("/\t/evil.test")
@example("https://evil.test")
@example("/staff/../..//evil.test")
def test_no_path_leads_out_of_the_portal(path: str) -> None:
    # What browsers make of an address (WHATWG URL): tabs and line ends go, \ is /.
    read = "".join(one for one in inner_path(path) if one not in "\t\r\n").replace("\\", "/")
    assert urlsplit(urljoin(f"{PUBLIC_URL}/sign-in", read)).netloc == "portal.test"
