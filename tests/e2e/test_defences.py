"""The portal's defences: headers, cookies, form tokens."""

import httpx
import pytest
from playwright.sync_api import StorageState

from services.gateway.security import CONTENT_SECURITY_POLICY
from tests.e2e.conftest import Visit
from tests.engines import System


def test_every_answer_carries_the_headers(system: System) -> None:
    for path in ("/", "/nowhere", "/static/portal.css", "/api/identity/nowhere"):
        headers = httpx.get(system.url + path, timeout=30).headers
        assert headers["content-security-policy"] == CONTENT_SECURITY_POLICY
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "unsafe" not in headers["content-security-policy"]


def test_no_page_has_inline_script_or_style(system: System) -> None:
    for path in ("/", "/register", "/privacy", "/components"):
        text = httpx.get(system.url + path, timeout=30).text
        assert "style=" not in text
        assert "<style" not in text
        assert text.count("<script") == text.count("<script src=")
        assert "hx-on" not in text


@pytest.mark.promise("C7.4")
def test_a_form_without_its_token_changes_nothing(system: System) -> None:
    answer = httpx.post(f"{system.url}/contact", data={"name": "x"}, timeout=30)
    assert answer.status_code == 403


def test_the_api_refuses_changes_without_the_sessions_token(
    visit: Visit, learner: StorageState
) -> None:
    request = visit(state=learner).request
    assert request.get("/api/learning/me/enrolments").status == 200
    refused = request.put("/api/consent/me/objections/suggestions")
    assert refused.status == 403
    assert refused.json()["code"] == "csrf"
    token = request.get("/api/session").json()["csrf"]
    accepted = request.put(
        "/api/consent/me/objections/suggestions", headers={"X-CSRF-Token": token}
    )
    assert accepted.ok


def test_cookies_are_kept_from_scripts_and_other_sites(learner: StorageState) -> None:
    cookies = {cookie["name"]: cookie for cookie in learner["cookies"]}
    assert cookies["session"]["httpOnly"]
    assert cookies["session"]["sameSite"] == "Lax"
    assert cookies["form"]["httpOnly"]


def test_an_unknown_service_is_not_found(system: System) -> None:
    answer = httpx.get(f"{system.url}/api/elsewhere/x", timeout=30)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
