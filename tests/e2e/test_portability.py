"""A learner takes their data along; another account brings it and sees what becomes of it."""

import io
import json
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, StorageState, expect

from tests.e2e.conftest import Visit
from tests.e2e.journey import Journey, new_person

GOALS = "Négocier à l’aise un budget d’équipe"


def _in_order(page: Page) -> None:
    assert Axe().run(page).violations_count == 0
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def _holds(package: Path, email: str) -> None:
    """Check what is in the file, as its owner could."""
    with zipfile.ZipFile(io.BytesIO(package.read_bytes())) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(held.pop("manifest.json"))
    assert {one["name"]: one["sha256"] for one in manifest["files"]} == {
        name: sha256(content).hexdigest() for name, content in held.items()
    }
    data = json.loads(held["portability.json"])
    assert (data["person"]["email"], data["profile"]["goals"]) == (email, GOALS)
    assert len(data["records"][0]["answers"]) == 1
    assert len(json.loads(held["xapi/statements.json"])) == 2
    assert GOALS in held["csv/person.csv"].decode("utf-8-sig")
    assert "LISEZMOI.txt" in held


@pytest.mark.promise("C8.5")
def test_data_goes_along_as_a_file_and_is_brought_by_another_account(
    visit: Visit, learner: StorageState, tmp_path: Path
) -> None:
    page = visit(width=360).new_page()
    journey, person = Journey(page), new_person("voyageuse")
    journey.register(person)
    journey.confirm(person)
    journey.sign_in(person)
    journey.enrol()
    journey.answer_first_exercise()
    page.goto("/account")
    page.get_by_label("Objectifs professionnels").fill(GOALS)
    page.get_by_role("button", name="Enregistrer mon profil").click()
    page.goto("/my-data")
    page.get_by_role("link", name="Les emporter ailleurs").click()
    _in_order(page)
    with page.expect_download() as caught:
        page.get_by_role("button", name="Télécharger ce que j’ai fourni (ZIP)").click()
    package = tmp_path / "mes-donnees.zip"
    caught.value.save_as(package)

    _holds(package, person.email)

    other = visit(state=learner, width=360).new_page()
    other.goto("/portability")
    broken = tmp_path / "abime.zip"
    broken.write_bytes(package.read_bytes()[:-100])
    other.get_by_label("Fichier").set_input_files(broken)
    other.get_by_role("button", name="Examiner le fichier").click()
    expect(other.get_by_text("Ce fichier est abîmé")).to_be_visible()
    _in_order(other)
    other.get_by_label("Fichier").set_input_files(package)
    other.get_by_role("button", name="Examiner le fichier").click()
    expect(other.get_by_text(GOALS)).to_be_visible()
    expect(other.get_by_text("Nouveau")).to_be_visible()
    expect(other.get_by_text("son adresse est vérifiée")).to_be_visible()
    _in_order(other)
    other.get_by_role("button", name="Reprendre ce qui est coché").click()
    expect(other.get_by_text("C’est repris.")).to_be_visible()
    expect(other.get_by_role("table")).to_be_visible()
    _in_order(other)
    other.goto("/account")
    expect(other.get_by_label("Objectifs professionnels")).to_have_value(GOALS)
    other.goto("/my-data")
    expect(other.get_by_role("heading", name="de 127.0.0.1").first).to_be_visible()

    other.goto("/portability")
    other.get_by_label("Fichier").set_input_files(package)
    other.get_by_role("button", name="Examiner le fichier").click()
    expect(other.get_by_text("Tout est déjà ici")).to_be_visible()
