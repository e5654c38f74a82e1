"""A learner says to be under 18, or staff report it: blocked at once, the guardian asked (C11)."""

import pytest
from playwright.sync_api import Page, StorageState, expect

from shared.http.auth import Role
from tests.e2e.conftest import Visit
from tests.e2e.journey import Journey, new_person

BLOCKED = "Votre compte est bloqué"


def _arrived(visit: Visit, name: str) -> Page:
    """Return the page of a learner who has just registered as an adult and signed in."""
    journey = Journey(visit().new_page())
    person = new_person(name)
    journey.register(person)
    journey.confirm(person)
    journey.sign_in(person)
    return journey.page


@pytest.mark.promise("C11.2")
def test_a_learner_says_to_be_a_minor_and_asks_the_guardian_again(visit: Visit) -> None:
    page = _arrived(visit, "mineure")
    page.goto("/account/minority")
    page.get_by_label("Date de naissance").fill("2015-05-05")
    page.get_by_label("Adresse électronique d’un représentant légal").fill("parent@exemple.test")
    page.get_by_role("button", name="J’ai moins de 18 ans").click()
    expect(page.get_by_text(BLOCKED)).to_be_visible()
    expect(page.get_by_text("parent@exemple.test")).to_be_visible()
    page.get_by_role("button", name="Renvoyer la demande").click()
    expect(page.get_by_text("Un message vient de partir")).to_be_visible()
    page.goto("/modules")
    page.goto("/dashboard")
    expect(page.get_by_text(BLOCKED).first).to_be_visible()


@pytest.mark.promise("C11.2")
def test_support_reports_a_minor_who_then_finds_the_account_blocked(
    visit: Visit, signed_in_staff: dict[Role, StorageState]
) -> None:
    page = _arrived(visit, "signalee")
    learner = page.request.get("/api/session").json()["subject"]
    desk = visit(state=signed_in_staff[Role.SUPPORT]).new_page()
    desk.goto("/staff/minors")
    desk.get_by_label("Identifiant de l’apprenant").first.fill(learner)
    desk.get_by_role("button", name="Bloquer ce compte").click()
    expect(desk.get_by_text("Le compte est bloqué")).to_be_visible()
    journey = Journey(page)

    def told() -> bool:
        page.goto("/account/minority")
        return page.get_by_text(BLOCKED).count() > 0 or page.url.endswith("/sign-in")

    journey.until(told, "the learner is not told")
