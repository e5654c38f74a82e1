"""Staff see their compartment and nothing else, in pages and through the API."""

import pytest
from playwright.sync_api import StorageState, expect

from shared.http.auth import Role
from tests.e2e.conftest import Visit

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
    expect(navigation.get_by_role("link")).to_have_text(["Factures", "Statistiques"])


def test_a_visitor_is_sent_to_sign_in_and_back(visit: Visit) -> None:
    page = visit().new_page()
    page.goto("/my-data")
    assert page.url.endswith("/sign-in?next=/my-data")
