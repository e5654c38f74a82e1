"""Moments are told by the clock that a learner lives by, and by no other without saying so."""

import json
from http import HTTPStatus
from zoneinfo import ZoneInfo

import httpx
import pytest

from services.gateway.rendering import environment
from services.gateway.wording import shown_in, wording
from services.gateway.zones import zone_options
from shared.http.auth import Role
from tests.unit.gateway.conftest import Gateway

NOON = "2025-07-01T10:00:00Z"
ME = {
    "first_name": "Prénom",
    "last_name": "Nom",
    "email": "canari@canari.test",
    "telephone": None,
    "language": "en",
    "zone": "America/New_York",
    "email_change": {"email": "autre@canari.test", "until": NOON},
    "profile": {},
}


@pytest.mark.parametrize(
    ("zone", "language", "told"),
    [
        ("Europe/Paris", "fr", "1 juillet 2025 à 12:00"),
        ("America/New_York", "fr", "1 juillet 2025 à 06:00 (New York, UTC-4)"),
        ("Asia/Kolkata", "en", "1 July 2025 at 15:30 (Kolkata, UTC+5:30)"),
        ("Pacific/Auckland", "en", "1 July 2025 at 22:00 (Auckland, UTC+12)"),
    ],
)
def test_a_moment_names_its_zone_unless_that_is_paris(zone: str, language: str, told: str) -> None:
    words = wording("fr" if language == "fr" else "en")
    with shown_in(ZoneInfo(zone)):
        assert words.moment(NOON) == told
    assert "UTC" not in words.moment(NOON)


def test_components_tell_moments_by_the_same_clock() -> None:
    hold: dict[str, object] = {
        "scopes": [],
        "ground": "litigation",
        "authority": None,
        "state": "active",
    }
    ui = environment("en").globals["ui"]
    with shown_in(ZoneInfo("America/New_York")):
        assert "(New York, UTC-4)" in str(ui.told_holds([{**hold, "expires_at": NOON}]))  # type: ignore[attr-defined]


async def test_a_learners_pages_use_the_zone_of_the_account(gateway: Gateway) -> None:
    gateway.services.answer = httpx.Response(HTTPStatus.OK, json=ME)
    async with gateway.client(Role.LEARNER) as browser:
        first = await browser.get("/account")
        second = await browser.get("/account")

    cookie = first.headers["set-cookie"]
    assert "__Host-zone=America|New_York" in cookie
    assert "HttpOnly" in cookie
    assert "Max-Age" not in cookie
    assert '<option value="America/New_York" selected>' in first.text
    assert "1 July 2025 at 06:00 (New York, UTC-4)" in second.text


async def test_staff_and_strangers_stay_with_paris(gateway: Gateway) -> None:
    gateway.services.answer = httpx.Response(HTTPStatus.OK, json=ME)
    for role in (None, Role.TRAINER):
        async with gateway.client(role) as browser:
            browser.cookies.set("__Host-zone", "America|New_York", domain="portal.test")
            page = await browser.get("/sign-in-notice?token=a")
        assert "New York" not in page.text


async def test_a_chosen_zone_is_stored_and_used_at_once(gateway: Gateway) -> None:
    gateway.services.answer = httpx.Response(HTTPStatus.OK, json=ME)
    form = {"csrf": gateway.csrf(Role.LEARNER), "zone": "Indian/Reunion"}
    async with gateway.client(Role.LEARNER) as browser:
        answer = await browser.post("/account/zone", data=form)

    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert "__Host-zone=Indian|Reunion" in str(answer.headers.get_list("set-cookie"))
    asked = gateway.services.requests[-1]
    assert (asked.method, asked.url.path) == ("PUT", "/me/zone")
    assert json.loads(asked.content) == {"zone": "Indian/Reunion"}


def test_every_zone_is_offered_under_its_place_in_words() -> None:
    options = dict(zone_options("fr"))
    assert options["Europe/London"] == "Londres (Europe/London)"
    assert len(options) > 400
    assert "Etc/GMT+5" not in options
