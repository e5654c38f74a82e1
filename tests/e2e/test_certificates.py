"""After an erasure: the officer hands out its certificate, and anybody can check it."""

import os
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, StorageState, expect

from deploy.cli.failures import ExitCode
from shared.http.auth import Role
from tests.e2e.conftest import Visit
from tests.e2e.journey import Journey, new_person
from tests.engines import System
from tests.integration.test_cli import environment, run


def _erases_an_account(page: Page) -> None:
    journey = Journey(page)
    person = new_person("partante")
    journey.register(person)
    journey.confirm(person)
    journey.sign_in(person)
    page.goto("/account/erase")
    page.get_by_label("Je comprends que rien ne pourra être récupéré").check()
    page.get_by_role("button", name="Tout effacer maintenant").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Vos données sont en cours d’effacement"
    )


def _opens_the_latest_asked_for(page: Page, system: System) -> None:
    def opens_the_case() -> None:
        page.goto("/staff/cases")
        # The sweep opens cases of its own, about whatever has run out meanwhile.
        asked_for = page.locator("tbody tr", has_text="Demande de la personne")
        asked_for.get_by_role("link").first.click()
        page.wait_for_load_state()

    def unreadable() -> bool:
        opens_the_case()
        return page.get_by_text("Illisible pour tous").count() > 0

    def certified() -> bool:
        swept = run("sweep", env=environment(system.settings))
        assert swept.returncode == ExitCode.DONE, swept.stderr
        opens_the_case()
        return page.get_by_role("link", name="Certificat").count() > 0

    Journey(page).until(unreadable, "the data can still be read")
    Journey(page).until(certified, "the case is not certified")
    page.get_by_role("link", name="Certificat").click()
    expect(page.get_by_text("La signature est authentique")).to_be_visible()


def _download(page: Page, link: str, folder: Path) -> Path:
    with page.expect_download() as started:
        page.get_by_role("link", name=link).click()
    file = folder / started.value.suggested_filename
    started.value.save_as(file)
    return file


@pytest.mark.timeout(240)
@pytest.mark.promise("C8.4")
def test_a_certificate_is_downloaded_and_verified_offline(
    system: System,
    visit: Visit,
    signed_in_staff: dict[Role, StorageState],
    tmp_path: Path,
) -> None:
    _erases_an_account(visit().new_page())
    page = visit(state=signed_in_staff[Role.DPO]).new_page()
    _opens_the_latest_asked_for(page, system)
    assert Axe().run(page).violations_count == 0

    pem = _download(page, "Clé publique (PEM)", tmp_path)
    for link, ending in (("Télécharger (PDF)", "pdf"), ("Télécharger (JSON)", "json")):
        file = _download(page, link, tmp_path)
        assert re.fullmatch(rf"carionexiq-[0-9a-f-]+\.{ending}", file.name)
        checked = run("verify-certificate", str(file), "--key", str(pem), env=dict(os.environ))
        assert checked.returncode == ExitCode.DONE, checked.stderr
        assert "civil_identity" in checked.stdout

    ledger = run("ledger", "verify", env=environment(system.settings))
    assert ledger.returncode == ExitCode.DONE, ledger.stderr
    assert "all agree" in ledger.stdout
