"""A learner says to be under 18, or staff report it: blocked at once, the guardian asked (C11)."""

import pytest
from playwright.sync_api import StorageState, expect

from shared.http.auth import Role
from tests.e2e.conftest import Visit
from tests.e2e.journey import Journey, Person, new_person

BLOCKED = "Votre compte est bloqué"


def _arrived(visit: Visit, name: str) -> tuple[Journey, Person]:
    """Have somebody register as an adult and sign in."""
    journey, person = Journey(visit().new_page()), new_person(name)
    journey.register(person)
    journey.confirm(person)
    journey.sign_in(person)
    return journey, person


def _come_back(journey: Journey, person: Person) -> None:
    """Sign in again after the block has ended the session, and see why."""
    page = journey.page

    def is_out() -> bool:
        page.goto("/account/sessions")
        return "/sign-in" in page.url

    journey.until(is_out, "the session goes on")
    journey.sign_in(person)
    page.goto("/account/minority")
    expect(page.get_by_text(BLOCKED)).to_be_visible()


@pytest.mark.promise("C11.2")
def test_a_learner_says_to_be_a_minor_and_asks_the_guardian_again(visit: Visit) -> None:
    journey, person = _arrived(visit, "mineure")
    page = journey.page
    page.goto("/account/minority")
    page.get_by_label("Date de naissance").fill("2015-05-05")
    page.get_by_label("Adresse électronique d’un représentant légal").fill("parent@exemple.test")
    page.get_by_role("button", name="J’ai moins de 18 ans").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Votre représentant légal est sollicité"
    )
    _come_back(journey, person)
    expect(page.get_by_text("parent@exemple.test")).to_be_visible()
    page.get_by_role("button", name="Renvoyer la demande").click()
    expect(page.get_by_text("Un message vient de partir")).to_be_visible()


@pytest.mark.promise("C11.2")
def test_support_reports_a_minor_who_then_finds_the_account_blocked(
    visit: Visit, signed_in_staff: dict[Role, StorageState]
) -> None:
    journey, person = _arrived(visit, "signalee")
    learner = journey.page.request.get("/api/session").json()["subject"]
    desk = visit(state=signed_in_staff[Role.SUPPORT]).new_page()
    desk.goto("/staff/minors")
    desk.get_by_label("Identifiant de l’apprenant").first.fill(learner)
    desk.get_by_role("button", name="Bloquer ce compte").click()
    expect(desk.get_by_text("Le compte est bloqué")).to_be_visible()
    _come_back(journey, person)
