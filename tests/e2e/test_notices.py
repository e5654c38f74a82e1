"""What people are told appears in every page that is open, and is read once for all of them."""

import re

import pytest
from playwright.sync_api import Page, StorageState, expect

from tests.e2e.accessibility import check
from tests.e2e.conftest import Visit
from tests.e2e.journey import Journey, new_person


def _count(page: Page) -> str:
    return page.locator("[data-number]").inner_text()


def _ask(page: Page, text: str) -> None:
    """Complain: the receipt is acknowledged by a message at once."""
    page.goto("/my-requests")
    page.get_by_label("De quoi s’agit-il ?").select_option("complaint")
    page.get_by_label("Avec vos mots").fill(text)
    page.get_by_role("button", name="Envoyer ma demande").click()
    expect(page.get_by_text("Votre demande est bien arrivée")).to_be_visible()


@pytest.mark.promise("C9.4")
def test_a_notice_appears_in_every_page_and_is_read_in_all(visit: Visit) -> None:
    person = new_person("lecteur")
    here = visit(width=360)
    first = Journey(here.new_page())
    first.register(person)
    first.confirm(person)
    first.sign_in(person)
    elsewhere = Journey(visit().new_page())
    elsewhere.sign_in(person)

    pages = [first.page, here.new_page(), elsewhere.page]
    reading = pages[1]
    reading.goto("/notices")
    expect(reading.get_by_role("heading", name="Bienvenue")).to_be_visible()
    for page in (first.page, elsewhere.page):
        page.goto("/account")
    before = [_count(page) for page in pages]
    assert len(set(before)) == 1

    writing = here.new_page()
    _ask(writing, "Que gardez-vous de moi ?")
    for page in pages:
        expect(page.locator("[data-number]")).not_to_have_text(before[0])
        expect(page.locator("[data-notices-live]")).to_contain_text("Nouvel avis :")
    expect(reading.locator("article").nth(int(before[0]))).to_be_visible()
    check(reading, "notices")

    # One browser holds one stream for its pages; when the page that holds it goes, another does.
    first.page.close()
    known = _count(reading)
    _ask(writing, "Et qui le lit ?")
    expect(reading.locator("[data-number]")).not_to_have_text(known)

    latest = reading.get_by_role("button", name=re.compile("^Marquer comme lu")).first
    read = reading.locator(f"#{latest.get_attribute('id')}")
    read.click()
    expect(read).to_have_count(0)
    reading.get_by_role("button", name="Tout marquer comme lu").click()
    expect(reading.get_by_text("Tous les avis sont marqués comme lus.")).to_be_visible()
    for page in (reading, elsewhere.page):
        expect(page.locator("[data-count]")).to_be_hidden()

    elsewhere.page.get_by_role("button", name="Se déconnecter").click()
    expect(elsewhere.page.get_by_role("link", name="Se connecter")).to_be_visible()


def test_notices_need_no_script(visit: Visit, learner: StorageState) -> None:
    page = visit(state=learner, scripts=False).new_page()
    page.goto("/notices")
    expect(page.get_by_role("heading", level=1)).to_have_text("Avis")
    page.get_by_role("link", name="Service", exact=True).click()
    expect(page.get_by_role("link", name="Service", exact=True)).to_have_attribute(
        "aria-current", "page"
    )
