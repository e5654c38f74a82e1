"""First the consequences, from the services themselves; then the choice, with them as proof."""

import json
import re
from typing import Any, Final

import httpx
import pytest

from shared.http.auth import Role
from tests.unit.gateway.conftest import Gateway

CHOICE: Final = {
    "purpose": "suggestions",
    "promise": "C8.3",
    "title": "Module suggestions",
    "text": "Your results are analysed.",
    "text_version": "suggestions-2025-01",
    "consequences": ["No suggestion any more."],
    "raised": False,
    "decided_at": None,
}
PATH: Final = "/choices/objection/suggestions"


class Services:
    """Consent, and the services that tell what would change."""

    def __init__(self, gateway: Gateway) -> None:
        self.examples = ["Defending figures"]
        self.away = False
        self.told: list[tuple[str, str, Any]] = []
        gateway.services.handle = self.handle  # type: ignore[method-assign]
        transport = httpx.MockTransport(self.handle)
        client = httpx.AsyncClient(transport=transport)
        object.__setattr__(gateway.portal.services, "client", client)

    def handle(self, request: httpx.Request) -> httpx.Response:
        """Answer as the service asked."""
        path = request.url.path
        if request.method != "GET":
            body = json.loads(request.content) if request.content else None
            self.told.append((request.method, path, body))
            return httpx.Response(200, json={})
        if path == "/me/consents":
            return httpx.Response(200, json={"objections": [CHOICE], "restrictions": []})
        if self.away:
            return httpx.Response(503)
        found = {"use": "suggestions", "title": "Suggestions", "text": "None is shown."}
        items = [found | {"examples": self.examples}] if request.url.port == 8102 else []
        return httpx.Response(200, json={"items": items})


@pytest.fixture
def services(gateway: Gateway) -> Services:
    """The services behind the gateway."""
    return Services(gateway)


def _form(gateway: Gateway, page: str) -> dict[str, str]:
    digest = re.search(r'name="digest" value="([0-9a-f]{64})"', page)
    assert digest is not None
    return {"csrf": gateway.csrf(Role.LEARNER), "decision": "raised", "digest": digest[1]}


@pytest.mark.promise("C8.3")
async def test_what_is_confirmed_is_what_was_shown_and_is_kept_as_proof(
    gateway: Gateway, services: Services
) -> None:
    async with gateway.client(Role.LEARNER) as browser:
        page = (await browser.get(PATH)).text
        before = list(services.told)
        done = await browser.post(PATH, data=_form(gateway, page))

    assert "Defending figures" in page
    assert before == [], "explaining changes nothing"
    assert done.status_code == 303
    ((method, path, body),) = services.told
    assert (method, path) == ("PUT", "/me/objections/suggestions")
    assert body["explained"].splitlines()[-1] == "- Defending figures"
    assert (body["place"], body["gesture"]) == ("confirmation", "confirmed")


@pytest.mark.promise("C8.3")
async def test_what_changed_meanwhile_is_shown_before_it_is_confirmed(
    gateway: Gateway, services: Services
) -> None:
    async with gateway.client(Role.LEARNER) as browser:
        form = _form(gateway, (await browser.get(PATH)).text)
        services.examples = ["Another module"]
        answer = await browser.post(PATH, data=form)

    assert answer.status_code == 409
    assert "Another module" in answer.text
    assert services.told == []


@pytest.mark.promise("C8.3")
async def test_nobody_confirms_half_of_the_consequences(
    gateway: Gateway, services: Services
) -> None:
    services.away = True
    async with gateway.client(Role.LEARNER) as browser:
        page = (await browser.get(PATH)).text
        form = {"csrf": gateway.csrf(Role.LEARNER), "decision": "raised", "digest": "0" * 64}
        answer = await browser.post(PATH, data=form)

    assert 'name="digest"' not in page
    assert answer.status_code == 409
    assert services.told == []


@pytest.mark.promise("C8.3")
async def test_undoing_takes_one_press_and_no_explanation(
    gateway: Gateway, services: Services
) -> None:
    services.away = True
    async with gateway.client(Role.LEARNER) as browser:
        form = {"csrf": gateway.csrf(Role.LEARNER), "decision": "lifted"}
        answer = await browser.post(PATH, data=form)

    assert answer.status_code == 303
    assert [(method, path) for method, path, _ in services.told] == [
        ("DELETE", "/me/objections/suggestions")
    ]
