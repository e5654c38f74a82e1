"""A learner has the file of everything held made, while a service is away; fetches it, once."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any
from zipfile import ZipFile

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, StorageState, expect
from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

from services.gateway.access_file.assembly import READABLE
from shared.access_files import CONTRIBUTORS
from shared.clock import SystemClock
from shared.http.auth import Role
from shared.packaging import MANIFEST, Manifest
from tests.callers import Callers
from tests.e2e.conftest import Visit
from tests.e2e.journey import Person
from tests.engines import System

AWAY = "notify"


def _until(holds: Callable[[], object], seconds: int = 60) -> None:
    Retrying(
        retry=retry_if_result(lambda held: not held),
        stop=stop_after_delay(seconds),
        wait=wait_fixed(0.2),
    )(holds)


def _until_page(page: Page, path: str, text: str) -> None:
    def said() -> int:
        page.goto(path)
        return page.get_by_text(text).count()

    _until(said)


@contextmanager
def _standing_still(system: System, service: str) -> Iterator[None]:
    """Hold the processes of `service` where they are."""
    pids = [one.pid for one in system.supervisor.processes() if one.name == service]
    assert pids
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def _in_order(page: Page) -> None:
    assert Axe().run(page).violations_count == 0
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def _held(page: Page) -> list[dict[str, Any]]:
    """Return everything held as the page's own file has it."""
    with page.expect_download() as file:
        page.evaluate("location.href = '/my-data.json'")
    held: list[dict[str, Any]] = json.loads(file.value.path().read_text("utf-8"))["held"]
    return held


def _opened(archive: ZipFile) -> tuple[dict[str, bytes], Manifest]:
    files = {name: archive.read(name) for name in archive.namelist()}
    manifest = Manifest.model_validate_json(files.pop(MANIFEST))
    hashes = {name: sha256(content).hexdigest() for name, content in files.items()}
    assert hashes == {one.name: one.sha256 for one in manifest.files}
    return files, manifest


@pytest.mark.promise("C8.1", "C2.11")
def test_the_file_waits_for_every_service_and_is_fetched_once(
    visit: Visit,
    browser: Browser,
    system: System,
    learner: StorageState,
    staff: dict[Role, Person],
) -> None:
    page = visit(state=learner, width=360).new_page()
    page.goto("/my-data")
    held = _held(page)
    with _standing_still(system, AWAY):
        page.goto("/my-data")
        page.get_by_role("button", name="Faire préparer mon dossier").click()
        expect(page.get_by_text("Votre dossier est en préparation : dans")).to_be_visible()
        _until_page(page, "/my-requests", "reste à venir : Messages. Rechargez")
        _in_order(page)
        assert page.get_by_role("button", name="Télécharger mon dossier").count() == 0
    _until_page(page, "/my-requests", "Votre dossier est complet")
    _in_order(page)
    with page.expect_download() as file:
        page.get_by_role("button", name="Télécharger mon dossier (ZIP)").click()
    with ZipFile(file.value.path()) as archive:
        files, manifest = _opened(archive)
    assert {one.service for one in manifest.parts} == set(CONTRIBUTORS)
    told = json.loads(files["data.json"])["values"]
    assert all(one["purpose"] and one["legal_basis"] for one in told)
    known = {(one["category"], one["field"], one["value"]) for one in told}
    concealed = {"token", "password_hash", "contribution", "guardian_email", "guardian_name"}
    for one in held:
        if one["field"] not in concealed:
            assert (one["category"], one["field"], one["value"]) in known
    everything = b"".join(files.values()).decode("utf-8", "replace")
    for somebody in staff.values():
        assert somebody.last_name not in everything
        assert somebody.email not in everything
    offline = browser.new_context(offline=True).new_page()
    for name in READABLE.values():
        offline.set_content(files[name].decode())
        assert Axe().run(offline).violations_count == 0
        assert offline.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    offline.context.close()

    page.goto("/my-requests")
    again = page.request
    _until_page(page, "/my-requests", "Votre dossier a été téléchargé le")
    refused = again.post(
        f"/my-requests/{json.loads(files['data.json'])['file_id']}/file",
        form={"csrf": page.locator("input[name=csrf]").first.input_value()},
    )
    assert refused.status == 410
    _until(lambda: _destroyed(system, page), 90)


def _destroyed(system: System, page: Page) -> bool:
    """Whether retention has destroyed the key of the file's parts."""
    callers = Callers(system.settings.secrets_dir, SystemClock())
    httpx.post(
        f"{system.service_url('retention')}/ops/schedules/sweep",
        headers=callers.headers("retention", "system", Role.SYSTEM),
        timeout=30,
    ).raise_for_status()
    clocks = page.request.get("/api/retention/me/clocks").json()["items"]
    own = [one for one in clocks if one["category"] == "access_file"]
    return bool(own) and all(one["destroyed_at"] for one in own)
