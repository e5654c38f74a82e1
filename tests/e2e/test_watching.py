"""From a sign-in that its person disowns to the incident, page by page."""

import re

import pytest
from playwright.sync_api import StorageState, expect

from shared.http.auth import Role
from tests.e2e.accessibility import check
from tests.e2e.conftest import Visit
from tests.e2e.journey import Journey, new_person

ANOTHER = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


@pytest.mark.promise("C7.4", "C7.8")
def test_a_disowned_sign_in_becomes_an_incident(
    visit: Visit, signed_in_staff: dict[Role, StorageState]
) -> None:
    person = new_person("guetteur")
    own = Journey(visit().new_page())
    own.register(person)
    own.confirm(person)
    own.sign_in(person)

    elsewhere = visit()
    elsewhere.set_extra_http_headers({"User-Agent": ANOTHER})
    stranger = Journey(elsewhere.new_page())
    stranger.sign_in(person)

    own.open_letter(person, "/sign-in-notice")
    own.page.get_by_role("link", name="/sign-in-notice").first.click()
    disown = own.page.get_by_role("button", name=re.compile("^Ce n’est pas moi"))
    expect(disown).to_be_visible()
    check(own.page, "a sign-in that somebody is asked about")
    disown.click()
    title = own.page.get_by_role("heading", level=1)
    expect(title).to_have_text("Votre compte est fermé aux autres")
    stranger.page.goto("/dashboard")
    assert "/sign-in" in stranger.page.url

    security = Journey(visit(state=signed_in_staff[Role.SECURITY], width=360).new_page())
    page = security.page

    def disowned() -> bool:
        page.goto("/staff/anomalies?rule=new-device")
        return page.get_by_role("row").filter(has_text="désavouée").count() > 0

    security.until(disowned, "no anomaly of the disowned sign-in")
    page.get_by_role("row").filter(has_text="désavouée").first.get_by_role("link").click()
    open_incident = page.get_by_role("button", name="Ouvrir l’incident")
    expect(open_incident).to_be_visible()
    check(page, "an anomaly")
    open_incident.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Incident")
    check(page, "an incident")
    page.get_by_role("link", name="Voir l’anomalie").click()
    expect(page.get_by_role("link", name="Voir l’incident")).to_be_visible()
