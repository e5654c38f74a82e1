"""Staff see their compartment and nothing else, in pages and through the API."""

import pytest
from playwright.sync_api import Page, StorageState, expect

from shared.http.auth import Role
from tests.e2e.accessibility import check
from tests.e2e.conftest import Visit
from tests.e2e.journey import Journey

FOREIGN = (
    (Role.BILLING, "/staff/certifications", "/api/learning/certifications/pending"),
    (Role.BILLING, "/staff/learners", "/api/learning/learners"),
    (Role.TRAINER, "/staff/invoices", "/api/learning/invoices"),
    (Role.SUPPORT, "/staff/traces", "/api/identity/traces"),
    (Role.SECURITY, "/staff/support", "/api/identity/support-requests"),
    (Role.COUNSELLOR, "/staff/clocks", "/api/retention/clocks"),
    (Role.SPEAKER, "/ops", "/api/identity/ops/flow"),
    (Role.ADMINISTRATOR, "/my-data", "/api/learning/me/enrolments"),
)


@pytest.mark.promise("C4.1", "C4.2", "C4.3")
def test_pages_and_data_of_other_compartments_are_refused(
    visit: Visit, signed_in_staff: dict[Role, StorageState]
) -> None:
    for role, path, resource in FOREIGN:
        page = visit(state=signed_in_staff[role]).new_page()
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 403, path
        expect(page.get_by_role("heading", level=1)).to_have_text(
            "Cette page appartient à un autre rôle"
        )
        assert page.request.get(resource).status == 403, resource


@pytest.mark.promise("C4.2")
def test_billing_sees_invoices_and_no_teaching(
    visit: Visit, signed_in_staff: dict[Role, StorageState], learner: StorageState
) -> None:
    page = visit(state=signed_in_staff[Role.BILLING]).new_page()
    page.goto("/staff/invoices")
    navigation = page.get_by_role("navigation", name="Navigation principale")
    expect(navigation.get_by_role("link")).to_have_text(
        ["Factures", "Valeurs contestées", "Statistiques"]
    )


def test_a_visitor_is_sent_to_sign_in_and_back(visit: Visit) -> None:
    page = visit().new_page()
    page.goto("/my-data")
    assert page.url.endswith("/sign-in?next=/my-data")


@pytest.mark.promise("C4.2", "C6.3", "C7.4")
def test_who_breaks_the_glass_is_seen_by_the_learner_and_reviewed(
    visit: Visit, signed_in_staff: dict[Role, StorageState], learner: StorageState
) -> None:
    own = visit(state=learner).new_page()
    whom = own.request.get("/api/session").json()["subject"]
    trainer = visit(state=signed_in_staff[Role.TRAINER]).new_page()
    trainer.goto(f"/staff/learners/{whom}")
    trainer.get_by_role("link", name="Prendre un accès d’urgence").click()
    trainer.get_by_label("Pourquoi il le faut maintenant").fill("Une urgence de test, inventée.")
    trainer.get_by_role("button", name="Prendre un accès d’urgence").click()
    expect(trainer.get_by_text("L’accès d’urgence est ouvert.")).to_be_visible()
    until_shown(trainer, "/staff/break-glass", whom[-8:])
    until_shown(trainer, f"/staff/learners/{whom}", "Vous voyez ceci par un accès d’urgence")
    until_shown(own, "/my-data", "Accès d’urgence, examiné par quelqu’un d’autre")

    officer = visit(state=signed_in_staff[Role.DPO]).new_page()
    officer.goto("/staff/break-glass/reviews")
    officer.get_by_role("row").filter(has_text=whom[-8:]).get_by_role("link").click()
    expect(officer.get_by_text("Une urgence de test, inventée.")).to_be_visible()
    check(officer, "review of an emergency access")
    officer.get_by_label("Non justifié").check()
    officer.get_by_role("button", name="Enregistrer le verdict").click()
    expect(officer.get_by_text("Le verdict est enregistré.")).to_be_visible()

    def closed() -> bool:
        answer = trainer.goto(f"/staff/learners/{whom}")
        return answer is not None and answer.status == 404

    Journey(trainer).until(closed, "the access still opens")


def until_shown(page: Page, path: str, text: str) -> None:
    """Open `path` until a page of the services that follow shows `text`."""

    def there() -> bool:
        page.goto(path)
        return page.get_by_text(text).count() > 0

    Journey(page).until(there, f"{path} does not show it")
