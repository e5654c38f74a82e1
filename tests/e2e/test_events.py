"""A counsellor announces an event: what is missing is said, and what was typed is kept."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, StorageState, expect

from shared.clock import SystemClock
from shared.http.auth import Role
from tests.e2e.accessibility import check
from tests.e2e.conftest import Visit

AHEAD = timedelta(days=30)


@pytest.mark.promise("C9.2")
def test_an_event_is_announced_once_confirmed_and_called_off(
    visit: Visit, signed_in_staff: dict[Role, StorageState]
) -> None:
    page = visit(state=signed_in_staff[Role.COUNSELLOR], width=360).new_page()
    page.goto("/staff/events")
    _fill(page)
    announce = page.get_by_role("button", name="Annoncer et inviter")
    announce.click()
    expect(page.get_by_text("Confirmez que l’invitation est juste")).to_be_visible()
    expect(page.get_by_label("Titre en français")).to_have_value("Atelier inventé")
    check(page, "/staff/events")

    page.get_by_label("L’invitation est juste").check()
    announce.click()
    expect(page.get_by_text("L’événement est annoncé.")).to_be_visible()
    expect(page.get_by_role("heading", name="Atelier inventé")).to_be_visible()
    check(page, "/staff/events")
    page.locator("summary", has_text="Annuler").first.click()
    page.get_by_role("button", name="Annuler définitivement").first.click()
    expect(page.get_by_text("Plus aucune invitation à cet événement ne part.")).to_be_visible()
    check(page, "/staff/events")


def _fill(page: Page) -> None:
    starts = SystemClock().now() + AHEAD
    page.get_by_label("Titre en français").fill("Atelier inventé")
    page.get_by_label("De quoi il s’agit, en français").fill("Des cas pratiques.")
    page.get_by_label("Titre en anglais").fill("Invented workshop")
    page.get_by_label("De quoi il s’agit, en anglais").fill("Practical cases.")
    page.get_by_label("Où").fill("1 rue Exemple, Paris")
    page.get_by_label("Début").fill(starts.strftime("%Y-%m-%dT10:00"))
    page.get_by_label("Fin").fill(starts.strftime("%Y-%m-%dT12:00"))
