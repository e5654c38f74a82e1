"""Staff see letters in frames that can do nothing, and only the roles of the table see them."""

from http import HTTPStatus

import httpx
import pytest

from services.gateway.security import CONTENT_SECURITY_POLICY
from shared.http.auth import STAFF_ROLES, Role
from tests.unit.gateway.conftest import Gateway

LETTER = {
    "name": "welcome",
    "kind": "welcome",
    "of": "transactional",
    "language": "fr",
    "subject": "Bienvenue",
    "text": "Bonjour,",
    "html": "<!doctype html><p>Bonjour,</p>",
}
READERS = {Role.DPO, Role.SUPPORT, Role.ADMINISTRATOR}


async def test_a_letter_is_shown_in_both_widths_and_as_text(gateway: Gateway) -> None:
    gateway.services.answer = httpx.Response(HTTPStatus.OK, json=LETTER)
    async with gateway.client(Role.DPO) as browser:
        page = await browser.get("/mail/preview/welcome?language=fr")

    assert page.text.count('src="/mail/preview/welcome/fr"') == 2
    assert page.text.count("sandbox></iframe>") == 2
    assert '<div class="letter" lang="fr">Bonjour,</div>' in page.text
    assert page.headers["Content-Security-Policy"].endswith("frame-src 'self'")
    assert gateway.services.requests[0].url.params["language"] == "fr"


async def test_nothing_in_a_letter_runs_loads_or_leads_anywhere(gateway: Gateway) -> None:
    gateway.services.answer = httpx.Response(HTTPStatus.OK, json=LETTER)
    async with gateway.client(Role.DPO) as browser:
        letter = await browser.get("/mail/preview/welcome/fr")
    policy = letter.headers["Content-Security-Policy"]

    assert letter.text == LETTER["html"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert policy.endswith("; sandbox")
    assert "frame-ancestors 'self'" in policy
    assert letter.headers["X-Content-Type-Options"] == "nosniff"


async def test_other_pages_keep_the_policy_that_frames_nothing(gateway: Gateway) -> None:
    async with gateway.client() as browser:
        page = await browser.get("/sign-in")

    assert page.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY


@pytest.mark.parametrize("role", sorted(STAFF_ROLES | {Role.LEARNER}))
async def test_only_who_looks_after_letters_sees_them(gateway: Gateway, role: Role) -> None:
    gateway.services.answer = httpx.Response(HTTPStatus.OK, json={"items": [LETTER]})
    async with gateway.client(role) as browser:
        page = await browser.get("/mail/preview")

    assert (page.status_code == HTTPStatus.OK) == (role in READERS)
