"""What stays in a browser: nothing after signing out, nothing of ours in its storage (V14.3)."""

import re

import httpx

from services.gateway.rendering import STATIC, TEMPLATES
from shared.http.auth import Role
from tests.unit.gateway.conftest import Gateway


async def test_signing_out_clears_what_the_browser_holds(gateway: Gateway) -> None:
    gateway.services.answer = httpx.Response(204)
    async with gateway.client(Role.LEARNER) as browser:
        form = {"csrf": gateway.csrf(Role.LEARNER)}
        answer = await browser.post("/sign-out", data=form)
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert gateway.sessions.ended == ["id-learner"]


def test_no_script_keeps_anything_in_the_browser() -> None:
    storing = re.compile(r"localStorage|sessionStorage|indexedDB|document\.cookie|caches\.open")
    ours = [file for file in STATIC.glob("*.js") if ".min." not in file.name]
    assert ours
    for file in ours:
        assert not storing.search(file.read_text(encoding="utf-8")), file.name
    # What htmx would keep of pages for going back is switched off.
    layout = (TEMPLATES / "layout.html").read_text(encoding="utf-8")
    assert '"historyCacheSize":0' in layout
