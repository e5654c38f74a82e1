"""An official demand on screen: noted, filtered, approved by another, handed over, told (C6.2)."""

import io
import zipfile
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, StorageState, expect
from tenacity import Retrying, retry_if_result, stop_after_delay

from shared.http.auth import Role
from tests.e2e.conftest import Visit
from tests.e2e.test_holds import shoot

NUMBER = "PV-2030-0042"


def _until(page: Page, path: str, text: str) -> None:
    """Open `path` until it says `text`: services compose, read models follow."""

    def said() -> int:
        page.goto(path)
        return page.get_by_text(text).count()

    Retrying(retry=retry_if_result(lambda n: n == 0), stop=stop_after_delay(40))(said)


def _in_order(page: Page) -> None:
    assert Axe().run(page).violations_count == 0
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def _noted(officer: Page, subject: str) -> None:
    officer.goto("/staff/demands/new")
    _in_order(officer)
    shoot(officer, "demand-new")
    officer.get_by_label("Nature").select_option("judicial")
    officer.get_by_label("Autorité").select_option("prosecutor")
    officer.get_by_label("Base légale").select_option("cpp-77-1-1")
    officer.get_by_label("Numéro de dossier").fill(NUMBER)
    officer.get_by_label("Reçue le").fill("2026-11-02")
    officer.locator("#f-persons").fill(f"{subject}\ninconnue@canari.test")
    officer.get_by_label("Coordonnées").check()
    officer.get_by_label("Dernier jour du secret").fill("2020-01-01")
    officer.get_by_label("Les personnes peuvent-elles être informées").select_option("until")
    officer.get_by_role("button", name="Noter la demande").click()
    expect(officer.get_by_text("il doit être à venir")).to_be_visible()
    officer.get_by_label("Les personnes peuvent-elles être informées").select_option("open")
    officer.locator("input[type=file]").set_input_files(
        {"name": "acte.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 acte"}
    )
    officer.get_by_role("button", name="Noter la demande").click()
    expect(officer.get_by_text("1 personne qu’elle nomme nous est inconnue")).to_be_visible()


def _composed(officer: Page, at: str) -> None:
    for point in ("competent", "legal_basis", "named_scope", "necessary"):
        officer.locator(f"#f-holds-{point}").check()
    officer.get_by_role("button", name="Garder les réponses").click()
    officer.get_by_role("button", name="Préparer la communication").click()
    _until(officer, at, "En attente de la seconde personne")
    expect(officer.get_by_role("table", name="Serait communiqué")).to_contain_text("Coordonnées")
    expect(officer.get_by_role("table", name="Reste chez nous")).to_contain_text(
        "catégorie non demandée"
    )
    _in_order(officer)
    shoot(officer, "demand-composed")
    officer.get_by_role("link", name="Voir les données qui seraient communiquées").click()
    expect(officer.get_by_text("@exemple.test").first).to_be_visible()
    _in_order(officer)
    shoot(officer, "demand-values")


def _told(own: Page, officer: Page, at: str) -> None:
    """See that the learner reads nothing of it, and all of it once it may be told."""
    own.reload()
    secret = own.content()
    assert "Ce que des autorités ont reçu sur moi" not in secret
    assert "parquet" not in secret
    assert NUMBER not in own.request.get("/my-data.json").text()
    officer.goto(at)
    officer.get_by_text("Modifier le secret").click()
    officer.get_by_label("Les personnes peuvent-elles être informées").select_option("none")
    officer.get_by_role("button", name="Modifier", exact=True).click()
    expect(officer.get_by_text("Le secret est modifié")).to_be_visible()
    _until(own, "/my-data", "Ce que des autorités ont reçu sur moi")
    told = own.get_by_role("table", name="Communications à des autorités")
    expect(told).to_contain_text("le parquet")
    assert NUMBER not in own.content()
    _in_order(own)
    shoot(own, "demand-told")
    _until(own, "/mailbox", "Des données vous concernant ont été remises à une autorité")


@pytest.mark.promise("C6.2", "C9.4")
def test_a_demand_is_filtered_approved_by_another_and_told_when_the_secrecy_ends(
    visit: Visit,
    signed_in_staff: dict[Role, StorageState],
    learner: StorageState,
    tmp_path: Path,
) -> None:
    own = visit(state=learner).new_page()
    own.goto("/my-data")
    subject = own.request.get("/api/session").json()["subject"]
    officer = visit(state=signed_in_staff[Role.DPO], width=360).new_page()
    second = visit(state=signed_in_staff[Role.ADMINISTRATOR], width=360).new_page()
    _noted(officer, subject)
    at = officer.url
    _in_order(officer)
    _composed(officer, at)
    second.goto(f"{at}/values")
    expect(second.get_by_text("@exemple.test")).to_have_count(0)
    second.goto(at)
    _in_order(second)
    second.get_by_role("button", name="Approuver la communication").click()
    expect(second.get_by_text("Approuvée").first).to_be_visible()

    officer.goto(at)
    with officer.expect_download() as handed:
        officer.get_by_role("button", name="Télécharger le fichier").click()
    file = tmp_path / "handed.zip"
    handed.value.save_as(file)
    with zipfile.ZipFile(io.BytesIO(file.read_bytes())) as archive:
        page = archive.read("lisez-moi.html").decode()
    assert NUMBER in page
    assert "@exemple.test" in page
    officer.goto(at)
    expect(officer.get_by_role("button", name="Télécharger le fichier")).to_have_count(0)
    _until(officer, "/staff/demands?state=closed", "personne pas encore informée")
    _in_order(officer)
    shoot(officer, "demands")
    _told(own, officer, at)


def test_the_public_reads_counts_alone(visit: Visit) -> None:
    for language in ("fr-FR", "en-GB"):
        page = visit(language=language, width=360).new_page()
        page.goto("/transparency")
        _in_order(page)
        shoot(page, f"transparency-{language}")
