"""Getting in again: a forgotten password, another address, sessions that end."""

import re
from dataclasses import replace

import httpx
import pytest
from playwright.sync_api import expect

from services.identity.application.throttle import SIGN_IN_ACCOUNT
from tests.e2e.conftest import Visit
from tests.e2e.journey import Journey, Person, new_person
from tests.engines import System


def _heading(journey: Journey, text: str) -> None:
    expect(journey.page.get_by_role("heading", level=1)).to_have_text(text)


def _press(journey: Journey, path: str, button: str) -> None:
    journey.page.get_by_role("link", name=path).first.click()
    journey.page.get_by_role("button", name=button).click()


def _signed_out(journey: Journey) -> bool:
    journey.page.goto("/account")
    return "/sign-in" in journey.page.url


@pytest.mark.timeout(300)
@pytest.mark.promise("C7.2", "C8.2")
def test_a_forgotten_password_and_a_changed_address(visit: Visit) -> None:
    journey, elsewhere = Journey(visit().new_page()), Journey(visit().new_page())
    page, person = journey.page, new_person("etourdi")
    journey.register(person)
    journey.confirm(person)
    elsewhere.sign_in(person)
    page.goto("/sign-in")
    page.get_by_role("link", name="J’ai oublié mon mot de passe").click()
    page.get_by_label("Adresse électronique").fill(person.email)
    page.get_by_role("button", name="M’envoyer un lien").click()
    _heading(journey, "Regardez votre boîte aux lettres")
    journey.open_letter(person, "/new-password")
    page.get_by_role("link", name="/new-password").first.click()
    page.get_by_label("Nouveau mot de passe").fill("MotDePasse!2026")
    page.get_by_role("button", name="Utiliser ce mot de passe").click()
    expect(page.get_by_text("connu par des fuites")).to_be_visible()
    renewed = replace(person, password=f"{person.password} neuve")
    page.get_by_label("Nouveau mot de passe").fill(renewed.password)
    page.get_by_role("button", name="Utiliser ce mot de passe").click()
    journey.until(lambda: _signed_out(elsewhere), "a session survived a new password")
    journey.sign_in(renewed)
    _changes_the_address(journey, renewed)


def _changes_the_address(journey: Journey, person: Person) -> None:
    page = journey.page
    moved = replace(person, email=f"nouveau.{person.email}")
    page.goto("/account/email")
    page.get_by_label("Nouvelle adresse électronique").fill(moved.email)
    page.get_by_label("Mot de passe actuel").fill(person.password)
    page.get_by_role("button", name="Envoyer les liens").click()
    page.goto("/account")
    expect(page.get_by_text(f"Un lien a été envoyé à {moved.email}")).to_be_visible()
    journey.open_letter(moved, "/confirm-email")
    _press(journey, "/confirm-email", "Confirmer cette adresse")
    _heading(journey, "Votre nouvelle adresse est confirmée")
    page.goto("/account")
    expect(page.get_by_text(moved.email)).to_be_visible()
    journey.open_letter(person, "/stop-email-change")
    _press(journey, "/stop-email-change", "Ce n’était pas moi")
    _heading(journey, "Le changement est arrêté")
    journey.until(lambda: _signed_out(journey), "a session survived the stop")


@pytest.mark.timeout(300)
@pytest.mark.promise("C7.4")
def test_sessions_are_seen_and_ended_one_by_one_and_everywhere(visit: Visit) -> None:
    here, there, third = (Journey(visit().new_page()) for _ in range(3))
    person = new_person("partout")
    here.register(person)
    here.confirm(person)
    for journey in (here, there, third):
        journey.sign_in(person)
    here.page.goto("/account/sessions")
    others = here.page.get_by_role("row").filter(has_not_text="ce navigateur")
    expect(others.get_by_role("button", name="Terminer")).to_have_count(2)
    others.get_by_role("button", name="Terminer").first.click()
    expect(others.get_by_role("button", name="Terminer")).to_have_count(1)
    assert [_signed_out(one) for one in (there, third)].count(True) == 1
    here.page.get_by_role("button", name="Se déconnecter partout").click()
    assert all(_signed_out(one) for one in (here, there, third))


@pytest.mark.promise("C7.3")
@pytest.mark.parametrize(("language", "words"), [("fr", "Réessayez dans"), ("en", "Try again in")])
def test_too_many_guesses_are_told_in_words_when_to_try_again(
    system: System, language: str, words: str
) -> None:
    guess = {"email": new_person("inconnue").email, "password": "un faux mot de passe"}
    headers = {"Accept-Language": language}
    with httpx.Client(base_url=system.url, headers=headers, timeout=30) as browser:
        form = browser.get("/sign-in").text
        found = re.search(r'action="/sign-in".*?name="csrf" value="(\w+)"', form, re.DOTALL)
        assert found is not None
        guess["csrf"] = found.group(1)
        # On a slow machine an attempt may outlast a delay; the next one is longer.
        answers = [browser.post("/sign-in", data=guess)]
        while answers[-1].status_code == 401 and len(answers) < 2 * SIGN_IN_ACCOUNT.free:
            answers.append(browser.post("/sign-in", data=guess))
    assert len(answers) > SIGN_IN_ACCOUNT.free
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert words in answers[-1].text
