"""What a person does in the portal, step by step, as the tests tell it."""

import re
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, expect

PATIENCE_SECONDS = 60
PAUSE_MILLISECONDS = 250


@dataclass(frozen=True)
class Person:
    """An invented person."""

    first_name: str
    last_name: str
    email: str
    telephone: str
    birth_date: str
    password: str


def new_person(name: str, birth_date: str = "1988-04-12") -> Person:
    """Return an invented person whose address nobody else has."""
    unique = uuid.uuid4().hex[:10]
    return Person(
        first_name=f"Essai{name.capitalize()}",
        last_name=f"Fictif{unique}",
        email=f"{name}.{unique}@exemple.test",
        telephone="06 39 98 01 23",
        birth_date=birth_date,
        password=f" {unique} ouvre la porte",
    )


class Journey:
    """One person's way through the portal in one page of the browser."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def register(self, person: Person) -> None:
        """Ask for an account."""
        page = self.page
        page.goto("/register")
        page.get_by_label("Prénom").fill(person.first_name)
        page.get_by_label("Nom", exact=True).fill(person.last_name)
        page.get_by_label("Adresse électronique", exact=True).fill(person.email)
        page.get_by_label("Téléphone").fill(person.telephone)
        page.get_by_label("J’ai 18 ans ou plus").check()
        page.get_by_label("Mot de passe").fill(person.password)
        page.get_by_role("button", name="Créer mon compte").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(
            "Plus qu’une étape : votre courriel"
        )

    def confirm(self, person: Person) -> None:
        """Follow the link in the confirmation, as found in the demonstration's mailbox."""
        page = self.page
        self.open_letter(person, "/confirm")
        page.get_by_role("link", name="/confirm").first.click()
        page.get_by_role("button", name="Confirmer mon adresse").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Votre adresse est confirmée")

    def open_letter(self, person: Person, link: str) -> None:
        """Open the newest letter to `person` that contains a link to `link`, once it is there."""
        page = self.page

        def found() -> bool:
            page.goto("/mailbox")
            rows = page.get_by_role("row").filter(has_text=person.email)
            for index in range(rows.count()):
                rows.nth(index).get_by_role("link").click()
                if page.get_by_role("link", name=link).count():
                    return True
                page.goto("/mailbox")
            return False

        self.until(found, f"no letter with {link}")

    def sign_in(self, person: Person) -> None:
        """Sign in and arrive at the role's first page."""
        page = self.page
        page.goto("/sign-in")
        page.get_by_label("Adresse électronique").fill(person.email)
        page.get_by_label("Mot de passe").fill(person.password)
        page.get_by_role("button", name="Se connecter", exact=True).click()
        expect(page.get_by_role("button", name="Se déconnecter")).to_be_visible()

    def enrol(self) -> None:
        """Enrol in the first module of the catalogue."""
        page = self.page
        page.goto("/modules")
        page.get_by_role("link", name=re.compile("^Voir ce module")).first.click()
        page.get_by_role("button", name="M’inscrire à ce module").click()
        expect(page.get_by_text("Vous êtes inscrit.")).to_be_visible()

    def answer_first_exercise(self) -> None:
        """Answer the first exercise of the course on screen."""
        page = self.page
        page.get_by_role("link", name=re.compile("^Répondre")).first.click()
        self.fill_in_exercise()
        page.get_by_role("button", name="Remettre ma réponse").click()
        expect(page.get_by_text(re.compile(r"^Note : \d+ %"))).to_be_visible()

    def fill_in_exercise(self) -> None:
        """Give some answer to the exercise on screen, whatever its kind."""
        form = self.page.locator("form.form")
        expect(form.get_by_role("button", name="Remettre ma réponse")).to_be_visible()
        for group in form.locator("fieldset").all():
            radios = group.get_by_role("radio")
            boxes = group.get_by_role("checkbox")
            if radios.count():
                radios.first.check()
            elif boxes.count():
                boxes.first.check()
        figure = form.locator("input[name=answer][inputmode=decimal]")
        if figure.count():
            figure.fill("12500")

    def until(self, holds: Callable[[], bool], failure: str) -> None:
        """Look again until `holds`, for a bounded time: other services catch up meanwhile."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            if time.monotonic() > deadline:
                raise AssertionError(failure)
            self.page.wait_for_timeout(PAUSE_MILLISECONDS)
