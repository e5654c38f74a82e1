"""A learner marks a result as wrong; it is corrected; the learner sees it (C8.2)."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, StorageState, expect

from shared.http.auth import Role
from tests.e2e.conftest import Visit
from tests.e2e.journey import Journey

WHY = "La consigne disait le contraire."


def _in_order(page: Page) -> None:
    assert Axe().run(page).violations_count == 0
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.promise("C8.2", "C4.2")
def test_a_wrong_result_is_marked_corrected_and_seen(
    visit: Visit, learner: StorageState, signed_in_staff: dict[Role, StorageState]
) -> None:
    own = visit(state=learner, width=360).new_page()
    own.goto("/my-data")
    score = own.locator("#learning_history tr", has_text="Note (%)").first
    score.get_by_role("link", name=re.compile("^Corriger")).click()
    _in_order(own)
    own.get_by_label("Elle devrait être").fill("97")
    own.get_by_role("button", name="Signaler comme inexacte").click()
    expect(own.get_by_text("Remplissez ce champ").first).to_be_visible()
    own.get_by_label("Pourquoi").fill(WHY)
    own.get_by_label(re.compile("^Ne pas utiliser cette valeur")).check()
    own.get_by_role("button", name="Signaler comme inexacte").click()
    expect(own.get_by_text("La décision vient sous 48 heures")).to_be_visible()
    _in_order(own)
    own.goto("/my-data")
    expect(score.get_by_text("contestée")).to_be_visible()
    journey = Journey(own)

    def a_case() -> bool:
        own.goto("/my-requests")
        return own.get_by_text("Une valeur signalée comme inexacte").count() > 0

    journey.until(a_case, "a dispute is no case")

    desk = visit(state=signed_in_staff[Role.DPO], width=320).new_page()

    def queued() -> bool:
        desk.goto("/staff/disputes")
        return desk.get_by_role("link", name=re.compile(r"^Note \(%\)")).count() > 0

    Journey(desk).until(queued, "a dispute is in nobody's queue")
    _in_order(desk)
    desk.get_by_role("link", name=re.compile(r"^Note \(%\)")).first.click()
    expect(desk.get_by_text(WHY)).to_be_visible()
    _in_order(desk)
    desk.get_by_label("La valeur exacte").fill("beaucoup")
    desk.get_by_role("button", name="Corriger la valeur").click()
    expect(desk.get_by_text("un résultat va de 0 à 100")).to_be_visible()
    desk.get_by_label("La valeur exacte").fill("97")
    desk.get_by_role("button", name="Corriger la valeur").click()
    expect(desk.get_by_text("Décidé. La personne le voit.")).to_be_visible()

    own.goto("/my-data")
    expect(
        own.locator("#learning_history tr", has_text="Note (%)").get_by_text("97")
    ).to_be_visible()
    expect(own.get_by_text("contestée")).to_have_count(0)
    own.goto("/my-data/disputes")
    expect(own.get_by_text("Corrigée")).to_be_visible()

    def over() -> bool:
        own.goto("/my-requests")
        card = own.locator("article.card", has_text="Une valeur signalée comme inexacte").first
        return card.get_by_text("Accordé").count() > 0

    journey.until(over, "the case did not end with its dispute")
