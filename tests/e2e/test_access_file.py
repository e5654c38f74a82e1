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
from shared.access_files.compose import STRUCK
from shared.clock import SystemClock
from shared.http.auth import Role
from shared.packaging import MANIFEST, Manifest
from tests.callers import Callers
from tests.e2e.conftest import Visit
from tests.e2e.journey import Journey, Person, new_person
from tests.e2e.test_second_factor import age_session
from tests.engines import System

AWAY = "notify"
QUESTION = "Pourquoi ce module a-t-il changé ?"


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
    staff: dict[Role, Person],
    signed_in_staff: dict[Role, StorageState],
) -> None:
    page = visit(width=360).new_page()
    journey, person = Journey(page), new_person("dossier")
    journey.register(person)
    journey.confirm(person)
    journey.sign_in(person)
    journey.enrol()
    journey.answer_first_exercise()
    author = staff[Role.SUPPORT]
    name = f"{author.first_name} {author.last_name}"
    _answered(page, visit(state=signed_in_staff[Role.SUPPORT]).new_page(), name)
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
    age_session(system, page)
    page.get_by_role("button", name="Télécharger mon dossier (ZIP)").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirmez que c’est bien vous")
    page.get_by_label("Mot de passe actuel").fill(person.password)
    with page.expect_download() as file:
        page.get_by_role("button", name="Continuer").click()
    with ZipFile(file.value.path()) as archive:
        files, manifest = _opened(archive)
    assert {one.service for one in manifest.parts} == set(CONTRIBUTORS)
    told = json.loads(files["data.json"])["values"]
    assert all(one["purpose"] and one["legal_basis"] for one in told)
    known = {(one["category"], one["field"], one["value"]) for one in told}
    concealed = {"token", "password_hash", "contribution", "guardian_email", "guardian_name"}
    for one in held:
        if one["field"] not in concealed:
            value = one["value"] and one["value"].replace(name, STRUCK)
            assert (one["category"], one["field"], value) in known
    everything = b"".join(files.values()).decode("utf-8", "replace")
    for own in (person.first_name, person.last_name, person.email, QUESTION):
        assert own in everything
    assert f"Bien à vous, {STRUCK}." in everything
    assert author.last_name not in everything, "who answered is told by the role"
    _readable_without_us(browser, files)

    page.goto("/my-requests")
    again = page.request
    _until_page(page, "/my-requests", "Votre dossier a été téléchargé le")
    refused = again.post(
        f"/my-requests/{json.loads(files['data.json'])['file_id']}/file",
        form={"csrf": page.locator("input[name=csrf]").first.input_value()},
    )
    assert refused.status == 410
    _until(lambda: _destroyed(system, page), 90)


def _answered(learner: Page, desk: Page, name: str) -> None:
    """Have the learner ask support, and be answered by somebody who signs by name."""
    asked = _send(learner, "/api/identity/me/support-requests", {"message": QUESTION})
    path = f"/api/identity/support-requests/{asked['request_id']}/replies"
    _send(desk, path, {"message": f"Bien à vous, {name}."})


def _readable_without_us(browser: Browser, files: dict[str, bytes]) -> None:
    offline = browser.new_context(offline=True).new_page()
    for name in READABLE.values():
        offline.set_content(files[name].decode())
        assert Axe().run(offline).violations_count == 0
        assert offline.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    offline.context.close()


def _send(page: Page, path: str, body: dict[str, str]) -> dict[str, str]:
    csrf = page.request.get("/api/session").json()["csrf"]
    answer = page.request.post(path, data=body, headers={"X-CSRF-Token": csrf})
    assert answer.ok, answer.text()
    sent: dict[str, str] = answer.json() if answer.body() else {}
    return sent


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
