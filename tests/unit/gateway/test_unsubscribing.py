"""Leaving a mailing, as mail programs, people and link scanners go about it (RFC 8058)."""

import json
from email import message_from_bytes
from email.policy import default
from typing import Any, Final

import httpx
import pytest

from services.consent.adapters.unsubscribe_links import UnsubscribeLinks as Reader
from services.consent.adapters.unsubscribe_links import Unsubscription
from services.notify.adapters.unsubscribe_links import UnsubscribeLinks
from shared.events.base import SubjectId
from shared.http.auth import Role
from tests.unit.gateway.conftest import PUBLIC_URL, Gateway

SECRET: Final = "a secret for the tests alone"
TOKEN: Final = UnsubscribeLinks(SECRET, PUBLIC_URL).token(SubjectId("0190-learner"), "newsletter")
PATH: Final = f"/unsubscribe?token={TOKEN}"
FORM: Final = {"content-type": "application/x-www-form-urlencoded"}
BODY: Final = b"List-Unsubscribe=One-Click"
MULTIPART: Final = (
    b'--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'
)


def _withdrawals(gateway: Gateway) -> list[dict[str, Any]]:
    return [json.loads(r.content) for r in gateway.services.requests if r.method == "POST"]


@pytest.fixture
def stranger(gateway: Gateway) -> httpx.AsyncClient:
    """A program without cookies, whose consent service takes withdrawals."""
    gateway.services.answer = httpx.Response(200, json={"purpose": "newsletter"})
    transport = httpx.ASGITransport(app=gateway.app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL)


@pytest.mark.promise("C9.2")
@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (FORM, BODY),
        ({"content-type": "application/x-www-form-urlencoded; charset=UTF-8"}, BODY),
        ({"content-type": "multipart/form-data; boundary=b"}, MULTIPART),
        ({"content-type": "text/plain"}, BODY + b"\r\n"),
        ({}, BODY),
        ({**FORM, "origin": "https://webmail.test", "sec-fetch-site": "cross-site"}, BODY),
        ({**FORM, "origin": "null"}, BODY),
        ({**FORM, "user-agent": ""}, BODY),
    ],
    ids=["Gmail", "charset", "multipart", "plain", "no type", "webmail", "opaque", "unnamed"],
)
async def test_one_click_withdraws_without_session_cookie_or_referrer(
    gateway: Gateway, stranger: httpx.AsyncClient, headers: dict[str, str], body: bytes
) -> None:
    answer = await stranger.post(PATH, headers=headers, content=body)

    assert answer.status_code == 200, "a redirect would be followed by nobody"
    assert _withdrawals(gateway) == [{"token": TOKEN, "place": "mail_program"}]


@pytest.mark.promise("C9.2")
async def test_repeated_presses_are_answered_alike(
    gateway: Gateway, stranger: httpx.AsyncClient
) -> None:
    answers = [await stranger.post(PATH, headers=FORM, content=BODY) for _ in range(3)]

    assert {answer.status_code for answer in answers} == {200}
    assert len(_withdrawals(gateway)) == 3


@pytest.mark.promise("C9.2")
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"purpose": "prefetch", "sec-purpose": "prefetch;prerender"},
        {"user-agent": "Mozilla/5.0 (compatible; link scanner)"},
        {"range": "bytes=0-99"},
    ],
    ids=["plain", "prefetch", "scanner", "in part"],
)
async def test_following_the_link_changes_nothing(
    gateway: Gateway, stranger: httpx.AsyncClient, method: str, headers: dict[str, str]
) -> None:
    answer = await stranger.request(method, PATH, headers=headers)

    assert answer.status_code in {200, 405}
    assert not gateway.services.requests
    assert answer.headers.get("cache-control", "no-store") == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer", "the token stays out of referrers"


@pytest.mark.promise("C9.2")
async def test_the_page_has_one_button_and_needs_no_cookie(
    gateway: Gateway, stranger: httpx.AsyncClient
) -> None:
    page = (await stranger.get(PATH)).text
    stranger.cookies.clear()
    content = page[page.index("<main") : page.index("</main>")]
    pressed = await stranger.post("/unsubscribe", data={"token": TOKEN})

    assert content.count("<button") == 1
    assert pressed.status_code == 200
    assert _withdrawals(gateway) == [{"token": TOKEN, "place": "letter"}]


@pytest.mark.promise("C9.2")
async def test_whoever_is_signed_in_the_link_is_about_whom_it_names(gateway: Gateway) -> None:
    gateway.services.answer = httpx.Response(200, json={"purpose": "newsletter"})
    async with gateway.client(Role.LEARNER) as browser:
        await browser.post(PATH, headers=FORM, content=BODY)
    assert _withdrawals(gateway) == [{"token": TOKEN, "place": "mail_program"}]


async def test_a_link_that_is_not_ours_is_refused_without_a_word_about_anybody(
    gateway: Gateway, stranger: httpx.AsyncClient
) -> None:
    problem = {"title": "This link is incomplete or not ours.", "code": "invalid-link"}
    gateway.services.answer = httpx.Response(
        400, json=problem, headers={"content-type": "application/problem+json"}
    )
    answer = await stranger.post("/unsubscribe?token=nonsense", headers=FORM, content=BODY)
    assert answer.status_code == 400


@pytest.mark.promise("C9.2")
def test_the_link_survives_quoted_printable() -> None:
    link = UnsubscribeLinks(SECRET, PUBLIC_URL).link(SubjectId("0190-learner"), "newsletter")
    raw = (
        b"Content-Type: text/plain; charset=utf-8\r\n"
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        + link[:70].replace("=", "=3D").encode()
        + b"=\r\n"
        + link[70:].replace("=", "=3D").encode()
    )
    # One program decodes it, another takes the lines as they are.
    decoded = message_from_bytes(raw, policy=default).get_content().strip()
    undecoded = raw.partition(b"\r\n\r\n")[2].decode().partition("token=")[2]
    for token in (decoded.partition("token=")[2], undecoded):
        assert Reader([SECRET]).read(token) == Unsubscription(
            SubjectId("0190-learner"), "newsletter"
        )
