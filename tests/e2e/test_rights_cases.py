"""A learner exercises a right; the officer answers; both see what became of it."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, StorageState, expect
from tenacity import Retrying, retry_if_result, stop_after_delay

from shared.http.auth import Role
from tests.e2e.conftest import Visit

ASKED = "Où sont mes réponses de mars ?"


def _until(page: Page, path: str, text: str) -> None:
    """Open `path` until it says `text`: read models follow."""

    def said() -> int:
        page.goto(path)
        return page.get_by_text(text).count()

    Retrying(retry=retry_if_result(lambda n: n == 0), stop=stop_after_delay(30))(said)


def _in_order(page: Page) -> None:
    assert Axe().run(page).violations_count == 0
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.promise("C8.1", "C13.1", "C13.4")
def test_a_request_from_the_portal_is_followed_and_answered(
    visit: Visit, learner: StorageState, signed_in_staff: dict[Role, StorageState]
) -> None:
    own = visit(state=learner, width=360).new_page()
    own.goto("/my-requests")
    own.get_by_label("De quoi s’agit-il ?").select_option("access")
    own.get_by_role("button", name="Envoyer ma demande").click()
    expect(own.get_by_text("Remplissez ce champ").first).to_be_visible()
    own.get_by_label("Avec vos mots").fill(ASKED)
    own.get_by_role("button", name="Envoyer ma demande").click()
    expect(own.get_by_text("Votre demande est bien arrivée")).to_be_visible()
    _until(own, "/my-requests", "Réponse avant le")
    _in_order(own)

    desk = visit(state=signed_in_staff[Role.DPO], width=320).new_page()
    _until(desk, "/staff/rights-cases?kind=access", "Rien n’est en retard")
    _in_order(desk)
    desk.get_by_role("link", name="Accès à mes données").first.click()
    expect(desk.get_by_text(ASKED)).to_be_visible()
    expect(desk.get_by_text("Session ouverte")).to_be_visible()
    desk.get_by_text("Prendre deux mois de plus").click()
    desk.get_by_label("Raison").select_option("complexity")
    desk.get_by_role("button", name="Prolonger le délai").click()
    _until(desk, desk.url, "La demande est complexe")
    _in_order(desk)
    desk.get_by_label("Issue").select_option("granted")
    desk.get_by_label("Votre réponse").fill("Voici vos réponses de mars.")
    desk.get_by_role("button", name="Répondre et clore").click()
    _until(own, "/my-requests", "Accordé")
    _until(own, "/support", "Voici vos réponses de mars.")
