"""A learner's facts, from registration to their own erasure, as the learner sees it."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visit
from tests.e2e.journey import Journey, Person, new_person

UNTIL = re.compile(r"\d{1,2}(er)? \w+ 20\d\d")


@pytest.mark.timeout(300)
@pytest.mark.promise("C8.1", "C2.3", "C9.2", "C8.3", "C8.4")
def test_a_learner_sees_every_end_date_and_leaves_nothing_the_law_does_not_keep(
    visit: Visit,
) -> None:
    page = visit().new_page()
    journey = Journey(page)
    person = new_person("apprenante")
    journey.register(person)
    journey.confirm(person)
    journey.sign_in(person)
    journey.enrol()
    journey.answer_first_exercise()
    _sees_until_when_the_answer_is_kept(journey, person)
    _downloads_everything(page, person)
    _decides(journey)
    _erases(journey, person)


def _sees_until_when_the_answer_is_kept(journey: Journey, person: Person) -> None:
    page = journey.page

    def every_item_has_its_end() -> bool:
        page.goto("/my-data")
        return (
            page.locator("#learning_history .holding time.until").count() > 0
            and page.locator(".holding.alarm").count() == 0
        )

    journey.until(every_item_has_its_end, "something held has no end date")
    answer = page.locator("#learning_history .holding").first
    expect(answer.get_by_role("rowheader", name="Réponse à un exercice")).to_be_visible()
    expect(answer.locator("time.until")).to_have_text(UNTIL)
    expect(answer.locator(".zone")).to_contain_text("heure de Paris")
    expect(answer.get_by_role("link", name="C2.3")).to_be_visible()
    expect(page.locator("#civil_identity")).to_contain_text(person.first_name)
    expect(page.locator("#contact")).to_contain_text(person.email)


def _downloads_everything(page: Page, person: Person) -> None:
    with page.expect_download() as started:
        page.get_by_role("link", name="Tout télécharger (JSON)").click()
    content = json.loads(Path(started.value.path()).read_text())
    assert content["complete"] is True
    assert person.email in {item["value"] for item in content["held"]}
    assert content["clocks"]


def _decides(journey: Journey) -> None:
    page = journey.page
    page.goto("/consents")
    card = page.locator("article.card").first
    card.get_by_role("button", name="J’accepte").click()
    expect(card.get_by_text("Accordé")).to_be_visible()
    card.get_by_role("button", name="Retirer mon consentement").click()
    expect(page.get_by_text("Nous cessons aussitôt tout usage")).to_be_visible()
    expect(card.get_by_text("Retiré")).to_be_visible()
    page.get_by_role("link", name="Ce que change une opposition : Suggestions").click()
    expect(page.get_by_role("heading", name="Pour vous, à cet instant")).to_be_visible()
    page.get_by_role("button", name="Je m’oppose").click()
    expect(page.get_by_text("Cela cesse aussitôt, partout.")).to_be_visible()

    def registered() -> bool:
        page.goto("/my-requests")
        return page.get_by_text("Suggestions de modules").count() > 0

    journey.until(registered, "an objection is no case by itself")


def _erases(journey: Journey, person: Person) -> None:
    page = journey.page
    page.goto("/account/erase")
    expect(page.get_by_text("Factures et paiements")).to_be_visible()
    page.get_by_role("button", name="Tout effacer maintenant").click()
    expect(page.get_by_text("Cochez la case pour confirmer.").first).to_be_visible()
    page.get_by_label("Je comprends que rien ne pourra être récupéré").check()
    page.get_by_role("button", name="Tout effacer maintenant").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Vos données sont en cours d’effacement"
    )
    page.goto("/my-data")
    expect(page).to_have_url(re.compile("/sign-in"))

    def cannot_sign_in() -> bool:
        page.goto("/sign-in")
        page.get_by_label("Adresse électronique").fill(person.email)
        page.get_by_label("Mot de passe").fill(person.password)
        page.get_by_role("button", name="Se connecter").click()
        page.wait_for_load_state()
        return page.get_by_role("alert").count() > 0

    journey.until(cannot_sign_in, "the erased account still opens")


@pytest.mark.timeout(300)
@pytest.mark.promise("C8.1", "C9.2", "C8.4")
def test_the_main_journey_works_without_javascript(visit: Visit) -> None:
    page = visit(scripts=False, width=360).new_page()
    journey = Journey(page)
    person = new_person("sobre")
    journey.register(person)
    journey.confirm(person)
    journey.sign_in(person)
    journey.enrol()
    journey.answer_first_exercise()
    page.goto("/my-data")
    expect(page.locator("#learning_history")).to_contain_text("Réponse à un exercice")
    page.goto("/consents")
    page.get_by_role("button", name="J’accepte").first.click()
    page.get_by_role("button", name="Retirer mon consentement").first.click()
    expect(page.get_by_text("Nous cessons aussitôt tout usage")).to_be_visible()
    page.goto("/account/close")
    page.get_by_label("J’ai lu ce qui va se passer").check()
    page.get_by_role("button", name="Clore mon compte").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre compte est clos")


@pytest.mark.promise("C8.2")
def test_a_learner_corrects_the_account_and_sees_it_at_once(visit: Visit) -> None:
    page = visit().new_page()
    journey = Journey(page)
    person = new_person("precise")
    journey.register(person)
    journey.confirm(person)
    journey.sign_in(person)
    page.goto("/account")
    page.get_by_label("Prénom").fill("Essaicorrige")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("Enregistré.")
    page.goto("/my-data")
    expect(page.locator("#civil_identity")).to_contain_text("Essaicorrige")


@pytest.mark.promise("C11.1")
def test_a_minor_is_asked_for_a_guardian_first(visit: Visit) -> None:
    page = visit().new_page()
    person = new_person("mineure", birth_date="2015-06-01")
    page.goto("/register")
    page.get_by_label("Prénom").fill(person.first_name)
    page.get_by_label("Nom", exact=True).fill(person.last_name)
    page.get_by_label("Adresse électronique", exact=True).fill(person.email)
    page.get_by_label("Téléphone").fill(person.telephone)
    page.get_by_label("J’ai moins de 18 ans").check()
    page.get_by_label("Date de naissance").fill(person.birth_date)
    page.get_by_label("Mot de passe").fill(person.password)
    page.get_by_role("button", name="Créer mon compte").click()
    expect(page.locator("#f-guardian_email-error")).to_be_visible()
    page.get_by_label("Adresse électronique d’un représentant légal").fill("tuteur." + person.email)
    page.get_by_label("Mot de passe").fill(person.password)
    page.get_by_role("button", name="Créer mon compte").click()
    expect(page.get_by_text("votre représentant légal reçoit aussi un message")).to_be_visible()


@pytest.mark.promise("C11.1", "C11.2")
def test_a_guardian_agrees_takes_it_back_and_the_minor_sees_what_happens(visit: Visit) -> None:
    page = visit().new_page()
    journey = Journey(page)
    person = new_person("tutelle", birth_date="2015-06-01")
    guardian = replace(person, email="tuteur." + person.email)
    page.goto("/register")
    page.get_by_label("Prénom").fill(person.first_name)
    page.get_by_label("Nom", exact=True).fill(person.last_name)
    page.get_by_label("Adresse électronique", exact=True).fill(person.email)
    page.get_by_label("Téléphone").fill(person.telephone)
    page.get_by_label("J’ai moins de 18 ans").check()
    page.get_by_label("Date de naissance").fill(person.birth_date)
    page.get_by_label("Adresse électronique d’un représentant légal").fill(guardian.email)
    page.get_by_label("Mot de passe").fill(person.password)
    page.get_by_role("button", name="Créer mon compte").click()
    journey.confirm(person)
    journey.open_letter(guardian, "/guardian")
    page.get_by_role("link", name="/guardian").first.click()
    expect(page.get_by_role("button", name="Je refuse")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="je donne mon accord").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Merci, votre accord est enregistré")
    journey.open_letter(guardian, "/revoke-agreement")
    page.get_by_role("link", name="/revoke-agreement").first.click()
    page.get_by_role("button", name="Je retire mon accord").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre accord est retiré")
    page.goto("/sign-in")
    page.get_by_label("Adresse électronique").fill(person.email)
    page.get_by_label("Mot de passe").fill(person.password)
    page.get_by_role("button", name="Se connecter").click()
    expect(page).to_have_url(re.compile("/account/minority$"))
    expect(page.get_by_text("Votre compte est bloqué")).to_be_visible()
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_portal_speaks_english_and_remembers_it(visit: Visit) -> None:
    page = visit().new_page()
    page.goto("/")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("link", name="Create an account").first).to_be_visible()
    page.goto("/privacy")
    expect(page.get_by_role("heading", level=1)).to_have_text("Privacy policy")
    english = visit(language="en-GB").new_page()
    english.goto("/")
    expect(english.locator("html")).to_have_attribute("lang", "en")


def test_colours_chosen_by_hand_win_over_the_system(visit: Visit) -> None:
    page = visit(theme="light").new_page()
    page.goto("/")
    page.get_by_role("button", name="Couleurs sombres").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_role("button", name="Couleurs du système").click()
    expect(page.locator("html")).not_to_have_attribute("data-theme", "dark")
