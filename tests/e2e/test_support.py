"""Somebody without an account writes; the officer answers, resolves, and takes that back."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, StorageState, expect
from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

from shared.http.auth import Role
from tests.e2e.conftest import Visit

SUBJECT = "Protection des donn\u00e9es : mon fichier"
ARRIVED = "Votre message est arriv\u00e9"


def _write(page: Page) -> None:
    """Fill in the contact form and send it, once more where that was faster than people write."""
    page.goto("/contact")
    page.get_by_label("Nom", exact=True).fill("Personne Fictive")
    page.get_by_label("Adresse \u00e9lectronique").fill("ecrivante@exemple.test")
    page.get_by_label("Objet").fill(SUBJECT)
    page.get_by_label("Votre message").fill("Que gardez-vous de moi ?")

    def sent() -> bool:
        page.get_by_role("button", name="Envoyer mon message").click()
        heading = page.get_by_role("heading", level=1).text_content()
        if heading != ARRIVED:
            expect(page.get_by_label("Votre message")).to_have_value("Que gardez-vous de moi ?")
        return heading == ARRIVED

    Retrying(
        retry=retry_if_result(lambda arrived: not arrived),
        stop=stop_after_delay(30),
        wait=wait_fixed(0.5),
    )(sent)


TOO_WIDE = """() => document.documentElement.scrollWidth <= window.innerWidth ? [] :
    [...document.querySelectorAll("body *")]
        .filter(one => one.getBoundingClientRect().right > window.innerWidth)
        .map(one => one.outerHTML.slice(0, 80))"""


@pytest.mark.promise("C1.3", "C13.4")
def test_a_message_about_data_reaches_the_officer_and_is_answered_by_mail(
    visit: Visit, signed_in_staff: dict[Role, StorageState]
) -> None:
    _write(visit(scripts=False).new_page())
    page = visit(state=signed_in_staff[Role.DPO], width=320).new_page()

    def listed() -> int:
        page.goto("/staff/support")
        return page.get_by_role("link", name=SUBJECT).count()

    Retrying(retry=retry_if_result(lambda n: n == 0), stop=stop_after_delay(30))(listed)
    expect(page.get_by_text("Prioritaire").first).to_be_visible()
    assert page.evaluate(TOO_WIDE) == []
    page.get_by_role("link", name=SUBJECT).click()
    expect(page.get_by_text("Que gardez-vous de moi ?")).to_be_visible()
    assert Axe().run(page).violations_count == 0
    assert page.evaluate(TOO_WIDE) == []
    page.get_by_role("button", name="La prendre en charge").click()
    page.get_by_label("Votre r\u00e9ponse").fill("Voici ce que nous gardons.")
    page.get_by_role("button", name="Envoyer la r\u00e9ponse").click()
    page.get_by_role("button", name="Marquer comme r\u00e9solue").click()

    def resolved() -> int:
        page.reload()
        return page.get_by_role("button", name="Annuler : la rouvrir").count()

    Retrying(retry=retry_if_result(lambda n: n == 0), stop=stop_after_delay(30))(resolved)
    assert page.evaluate(TOO_WIDE) == []
    page.get_by_role("button", name="Annuler : la rouvrir").click()

    mailbox = visit().new_page()

    def mailed() -> int:
        mailbox.goto("/mailbox")
        return mailbox.get_by_role("link", name=f"Re: {SUBJECT}").count()

    Retrying(retry=retry_if_result(lambda n: n == 0), stop=stop_after_delay(30))(mailed)
    mailbox.get_by_role("link", name=f"Re: {SUBJECT}").click()
    expect(mailbox.get_by_text("Voici ce que nous gardons.")).to_be_visible()


def test_a_program_that_fills_in_everything_is_told_and_nothing_is_sent(visit: Visit) -> None:
    page = visit().new_page()
    page.goto("/contact")
    page.get_by_label("Nom", exact=True).fill("Programme")
    page.evaluate("document.getElementById('f-website').value = 'https://exemple.test'")
    page.get_by_role("button", name="Envoyer mon message").click()
    expect(page.get_by_role("alert")).to_contain_text("Laissez vide le champ")
    expect(page.get_by_label("Nom", exact=True)).to_have_value("Programme")
