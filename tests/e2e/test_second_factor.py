"""Second factors in a real browser: app and codes, passkeys, and confirming who one is."""

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from deploy.authenticator import Authenticator
from shared.clock import SystemClock
from shared.database import MongoClient
from shared.http.auth import Role
from tests.authenticators import app, code_of
from tests.e2e.accessibility import check
from tests.e2e.conftest import Visit, appointed
from tests.e2e.journey import Journey, Person, new_person
from tests.engines import System

VIRTUAL: Final = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@contextmanager
def virtual_authenticator(page: Page, **options: object) -> Iterator[str]:
    """Plug a virtual authenticator into the browser of `page` and yield its id."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    added = session.send("WebAuthn.addVirtualAuthenticator", {"options": {**VIRTUAL, **options}})
    yield str(added["authenticatorId"])
    session.send("WebAuthn.disable")


def heading(page: Page, text: str) -> None:
    """Expect the page whose heading is `text`."""
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def give_password(page: Page, person: Person) -> None:
    """Fill in the sign-in form."""
    page.goto("/sign-in")
    page.get_by_label("Adresse électronique").fill(person.email)
    page.get_by_label("Mot de passe").fill(person.password)
    page.get_by_role("button", name="Se connecter", exact=True).click()


def enrol_app(page: Page) -> tuple[Authenticator, list[str]]:
    """Add an authenticator app and return it with the recovery codes on the page."""
    page.goto("/account/security")
    page.get_by_role("button", name="Ajouter une application d’authentification").click()
    heading(page, "Ajouter une application d’authentification")
    secret = page.locator("code.secret").inner_text()
    page.reload()
    assert page.locator("code.secret").inner_text() == secret
    expect(page.get_by_role("img", name="Code QR du secret")).to_be_visible()
    check(page, "the secret of an app")
    authenticator = app(secret)
    page.get_by_label("Les 6 chiffres").fill("123")
    page.get_by_role("button", name="Ajouter cette application").click()
    expect(page.get_by_text("Ce code n’est pas le bon")).to_be_visible()
    page.get_by_label("Les 6 chiffres").fill(code_of(authenticator))
    page.get_by_role("button", name="Ajouter cette application").click()
    heading(page, "Gardez ces codes de secours")
    check(page, "recovery codes")
    return authenticator, page.locator("ul.codes code").all_inner_texts()


@pytest.mark.timeout(300)
@pytest.mark.promise("C7.3")
def test_staff_enrol_an_app_first_and_sign_in_with_its_code(visit: Visit, system: System) -> None:
    person = appointed(system, Role.SUPPORT)
    page = visit(width=320).new_page()
    give_password(page, person)
    heading(page, "Sécurité de la connexion")
    check(page, "sign-in security")
    for elsewhere in ("/staff/support", "/account/sessions", "/account/password"):
        page.goto(elsewhere)
        heading(page, "Sécurité de la connexion")
    assert page.request.get("/api/identity/support-requests").status == 403
    authenticator, codes = enrol_app(page)
    assert len(codes) == 10
    page.goto("/staff/support")
    expect(page).to_have_url(re.compile("/staff/support$"))
    give_password(page := visit(width=320).new_page(), person)
    heading(page, "Encore une étape : c’est bien vous")
    page.reload()
    check(page, "a pending sign-in")
    page.get_by_label("Code").fill(code_of(authenticator))
    page.get_by_role("button", name="Continuer").click()
    expect(page).to_have_url(re.compile("/staff/support$"))
    give_password(page := visit().new_page(), person)
    page.get_by_label("Code").fill(codes[0])
    page.get_by_role("button", name="Continuer").click()
    expect(page).to_have_url(re.compile("/staff/support$"))
    page.goto("/account/security")
    expect(page.get_by_text("Il reste 9 codes.")).to_be_visible()
    page.get_by_role("button", name="Retirer l’application").click()
    expect(page.get_by_text("Le personnel garde toujours un second facteur")).to_be_visible()


@pytest.mark.timeout(300)
@pytest.mark.promise("C7.3")
def test_a_learner_signs_in_with_a_passkey_alone_and_is_told_of_it(
    visit: Visit, system: System
) -> None:
    local = system.url.replace("127.0.0.1", "localhost")
    page = visit(base_url=local).new_page()
    journey, person = Journey(page), new_person("cledacces")
    journey.register(person)
    journey.confirm(person)
    journey.sign_in(person)
    with virtual_authenticator(page):
        page.goto("/account/security")
        page.get_by_role("link", name="Ajouter une clé d’accès").click()
        page.get_by_label("Nom").fill("Mon téléphone")
        page.get_by_role("button", name="Ajouter cette clé d’accès").click()
        heading(page, "Gardez ces codes de secours")
        page.get_by_role("link", name="Je les ai gardés").click()
        row = page.get_by_role("row").filter(has_text="Mon téléphone")
        expect(row).to_contain_text("jamais")
        page.get_by_role("button", name="Se déconnecter").click()
        # The password alone no longer opens the account; the passkey alone does.
        give_password(page, person)
        heading(page, "Encore une étape : c’est bien vous")
        page.goto("/sign-in")
        page.get_by_role("button", name="Se connecter avec une clé d’accès").click()
        expect(page.get_by_role("button", name="Se déconnecter")).to_be_visible()
        page.goto("/account/security")
        expect(row).not_to_contain_text("jamais")
        age_session(system, page)
        page.goto("/account/erase")
        page.get_by_label("Je comprends").check()
        page.get_by_role("button", name="Tout effacer maintenant").click()
        heading(page, "Confirmez que c’est bien vous")
        check(page, "confirming who one is")
        page.goto("/account/security")
        page.get_by_role("button", name="Retirer").click()
        heading(page, "Confirmez que c’est bien vous")
        page.get_by_role("button", name="Utiliser une clé d’accès").click()
        expect(page.get_by_text("C’est retiré.")).to_be_visible()
    journey.open_letter(person, "/account/security")


@pytest.mark.timeout(300)
@pytest.mark.promise("C7.3")
def test_a_passkey_that_verifies_nobody_opens_nothing(visit: Visit, system: System) -> None:
    local = system.url.replace("127.0.0.1", "localhost")
    page = visit(base_url=local).new_page()
    journey, person = Journey(page), new_person("sanspouce")
    journey.register(person)
    journey.confirm(person)
    journey.sign_in(person)
    with virtual_authenticator(page, isUserVerified=False):
        page.goto("/account/security/passkeys/new")
        page.get_by_label("Nom").fill("Sans empreinte")
        page.get_by_role("button", name="Ajouter cette clé d’accès").click()
        expect(page.get_by_text("Rien n’a été fait")).to_be_visible()
    page.goto("/account/security")
    expect(page.get_by_text("Vous n’avez pas de clé d’accès.")).to_be_visible()


@pytest.mark.timeout(300)
@pytest.mark.promise("C7.3", "C8.4")
def test_what_matters_is_confirmed_and_then_goes_on_with_what_was_typed(
    visit: Visit, system: System
) -> None:
    page = visit().new_page()
    journey, person = Journey(page), new_person("confirme")
    journey.register(person)
    journey.confirm(person)
    journey.sign_in(person)
    age_session(system, page)
    page.goto("/my-data.json")
    heading(page, "Confirmez que c’est bien vous")
    page.get_by_label("Mot de passe actuel").fill(person.password)
    with page.expect_download() as file:
        page.get_by_role("button", name="Continuer").click()
    assert file.value.suggested_filename == "carionexiq-my-data.json"
    age_session(system, page)
    page.goto("/account/close")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Clore mon compte").click()
    heading(page, "Confirmez que c’est bien vous")
    page.get_by_label("Mot de passe actuel").fill("un faux mot de passe")
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_text("Ce n’est pas votre mot de passe actuel")).to_be_visible()
    page.get_by_label("Mot de passe actuel").fill(person.password)
    page.get_by_role("button", name="Continuer").click()
    expect(page).to_have_url(re.compile("/farewell"))


def age_session(system: System, page: Page) -> None:
    """Make the session of `page` one whose owner has not shown who they are for two days."""
    subject = page.request.get("/api/session").json()["subject"]
    then = SystemClock().now() - timedelta(days=2)

    async def age() -> int:
        mongo = MongoClient(system.settings.mongodb_uri, system.settings.namespace)
        sessions = mongo.database("gateway").collection("sessions")
        aged = await sessions.update_many({"subject": subject}, {"$set": {"proven_at": then}})
        mongo.close()
        return aged.modified_count

    # The browser's driver has a loop of its own in this thread.
    with ThreadPoolExecutor(1) as elsewhere:
        assert elsewhere.submit(lambda: asyncio.run(age())).result() == 1
