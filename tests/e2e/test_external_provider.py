"""Staff sign in through the external provider with a real browser, and out from there."""

import httpx
import pytest
from playwright.sync_api import StorageState, expect

from shared.http.auth import Role
from tests.e2e.conftest import Visit, appointed
from tests.e2e.journey import Journey
from tests.engines import System


@pytest.mark.promise("C7.3")
def test_an_invited_member_comes_in_by_the_provider_and_leaves_with_its_sign_out(
    visit: Visit,
    system: System,
    signed_in_staff: dict[Role, StorageState],
) -> None:
    provider = system.provider
    person = appointed(system, Role.SUPPORT)
    name = f"{person.first_name} {person.last_name}"
    claims = {"sub": name, "email": person.email, "email_verified": True, "amr": ["mfa"]}
    provider.decides(claims=claims)

    page = visit().new_page()
    page.goto("/sign-in")
    page.get_by_role("link", name="Annuaire").click()
    expect(page.get_by_text("Aucun compte n'est ouvert ici")).to_be_visible()

    boss = visit(state=signed_in_staff[Role.ADMINISTRATOR]).new_page()
    invitation = boss.get_by_role("row").filter(has_text=name)

    def listed() -> bool:
        boss.goto("/staff/team")
        return invitation.count() == 1

    Journey(boss).until(listed, "the member is not listed")
    invitation.get_by_role("button", name="Annuaire").click()
    expect(boss.get_by_role("heading", level=1)).to_be_visible()

    page.goto("/sign-in")
    page.get_by_role("link", name="Annuaire").click()
    expect(page.get_by_role("button", name="Se déconnecter")).to_be_visible()
    page.goto("/staff/support")
    expect(page.get_by_role("heading", level=1)).to_be_visible()

    token = provider.tells_of_logout(name, name)
    told = {"logout_token": token}
    address = f"{system.url}/sign-in/provider/logout"
    assert httpx.post(address, data=told, trust_env=False).status_code == 200
    again = httpx.post(address, data=told, trust_env=False)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_request")

    def is_out() -> bool:
        page.goto("/staff/support")
        return page.get_by_role("button", name="Se connecter", exact=True).count() == 1

    Journey(page).until(is_out, "the session goes on")
