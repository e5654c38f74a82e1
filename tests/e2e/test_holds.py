"""Legal holds on screen: the officer's decisions, and what the learner is told (C6.2, C2.5)."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, StorageState, expect

from shared.http.auth import Role
from tests.e2e.conftest import Visit


def shoot(page: Page, name: str) -> None:
    """Keep a picture of the page where `SCREENSHOTS` names a folder."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def reload_until(page: Page, text: str) -> None:
    """Reload until the page shows `text`: read models follow a moment later."""
    for _ in range(50):
        if page.get_by_text(text).count():
            return
        page.reload()
    expect(page.get_by_text(text).first).to_be_visible()


@pytest.mark.promise("C6.2", "C8.4")
def test_the_officer_places_reviews_and_lifts_a_hold_that_the_learner_reads_of(
    visit: Visit, signed_in_staff: dict[Role, StorageState], learner: StorageState
) -> None:
    own = visit(state=learner).new_page()
    own.goto("/my-data")
    subject = own.request.get("/api/session").json()["subject"]
    officer = visit(state=signed_in_staff[Role.DPO]).new_page()
    officer.goto("/staff/holds")
    officer.get_by_label("Personne (identifiant)").fill(subject)
    officer.get_by_label("Échanges avec l").check()
    officer.get_by_label("Motif").select_option("litigation")
    officer.get_by_label("Autorité").select_option("court")
    officer.get_by_label("Numéro de dossier").fill("Dossier de Jean")
    officer.get_by_label("Expire").fill("2031-12-31")
    officer.get_by_role("button", name="Poser le gel").click()
    expect(officer.locator("#f-reference-error")).to_contain_text("RG-26-00001")
    expect(officer.get_by_label("Personne (identifiant)")).to_have_value(subject)
    shoot(officer, "holds-refused")
    officer.get_by_label("Numéro de dossier").fill("RG-26-00042")
    officer.get_by_role("button", name="Poser le gel").click()
    expect(officer.get_by_role("status")).to_contain_text("en vigueur")
    reload_until(officer, subject[-8:])
    shoot(officer, "holds")
    officer.get_by_role("link", name=subject[-8:]).first.click()
    reload_until(officer, "Prochain réexamen")
    shoot(officer, "hold")

    own.reload()
    reload_until(own, "Ce que la loi garde pour le moment")
    expect(own.get_by_text("Tribunal")).to_be_visible()
    assert "RG-26-00042" not in own.content()
    shoot(own, "my-data")
    own.goto("/account/erase")
    shoot(own, "erase")

    officer.get_by_label("Le lever").check()
    officer.locator("#review-reason").select_option("proceedings_over")
    officer.get_by_role("button", name="Enregistrer le réexamen").click()
    expect(officer.get_by_role("status")).to_contain_text("dès qu’une seconde personne")
    second = visit(state=signed_in_staff[Role.ADMINISTRATOR]).new_page()
    second.goto("/staff/proposals")
    reload_until(second, "Lever un gel")
    second.get_by_role("button", name="Confirmer comme seconde personne").first.click()
    expect(second.get_by_role("status")).to_contain_text("Confirmé")
    officer.reload()
    expect(officer.get_by_text("Réexaminé")).to_be_visible()
    officer.goto("/staff/matters")
    reload_until(officer, "RG-26-00042")
    shoot(officer, "matters")


@pytest.mark.promise("C2.5")
def test_the_officer_reads_what_is_held_and_says_why(
    visit: Visit, signed_in_staff: dict[Role, StorageState], learner: StorageState
) -> None:
    own = visit(state=learner).new_page()
    own.goto("/my-data")
    expect(own.get_by_role("heading", name="Qui a consulté mes données")).to_be_visible()
    subject = own.request.get("/api/session").json()["subject"]
    officer = visit(state=signed_in_staff[Role.DPO]).new_page()
    officer.goto("/staff/archive")
    officer.get_by_role("button", name="Enregistrer et lire").click()
    expect(officer.locator("#f-subject-error")).to_be_visible()
    officer.get_by_label("Personne (identifiant)").fill(subject)
    officer.get_by_label("Pourquoi").select_option("complaint")
    officer.get_by_label("Numéro de dossier").fill("R-26-1")
    officer.get_by_role("button", name="Enregistrer et lire").click()
    expect(officer.get_by_role("table", name="Valeurs détenues")).to_be_visible()
    shoot(officer, "archive")
