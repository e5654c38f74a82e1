"""Every page, in light and dark: no accessibility violation, no sideways scrolling at 360 px."""

import pytest
from playwright.sync_api import Page, StorageState

from shared.http.auth import Role
from tests.e2e.accessibility import check
from tests.e2e.conftest import Visit

PUBLIC = (
    "/",
    "/register",
    "/sign-in",
    "/contact",
    "/privacy",
    "/privacy/announced",
    "/recipients",
    "/transparency",
    "/privacy/changes?since=1&to=1",
    "/modules",
    "/mailbox",
    "/components",
    "/confirm?token=x",
    "/guardian?token=x",
    "/revoke-agreement?token=x",
    "/sign-in-notice?token=x",
    "/unsubscribe?token=x",
    "/confirm-request?token=x",
    "/access-file?token=x",
    "/recover",
    "/new-password?token=x",
    "/confirm-email?token=x",
    "/stop-email-change?token=x",
    "/return?token=x",
    "/stop-return?token=x",
    "/sign-in/second-factor",
    "/farewell",
    "/farewell?what=erased",
    "/nowhere",
)
LEARNER = (
    "/dashboard",
    "/modules",
    "/my-data",
    "/portability",
    "/consents",
    "/consents/history",
    "/choices/objection/suggestions",
    "/choices/restriction/learning_history",
    "/invoices",
    "/recordings",
    "/live-sessions",
    "/support",
    "/my-requests",
    "/notices",
    "/my-data/disputes",
    "/my-data/disputes/new?about=x&field=score",
    "/account",
    "/account/email",
    "/account/minority",
    "/account/password",
    "/account/sessions",
    "/account/security",
    "/account/security/passkeys/new",
    "/account/security/totp",
    "/account/close",
    "/account/erase",
    "/staff/clocks",
)
STAFF = (
    (Role.TRAINER, "/staff/certifications"),
    (Role.TRAINER, "/staff/learners"),
    (Role.TRAINER, "/staff/sessions"),
    (Role.TRAINER, "/staff/break-glass"),
    (Role.TRAINER, "/staff/learners/nobody"),
    (Role.DPO, "/staff/break-glass/reviews"),
    (Role.SPEAKER, "/staff/speaking"),
    (Role.ADMINISTRATOR, "/staff/teaching"),
    (Role.DPO, "/staff/minors"),
    (Role.BILLING, "/staff/invoices"),
    (Role.BILLING, "/staff/disputes"),
    (Role.SUPPORT, "/staff/support"),
    (Role.SUPPORT, "/staff/support/new"),
    (Role.DPO, "/staff/support"),
    (Role.COUNSELLOR, "/staff/events"),
    (Role.DPO, "/staff/rights-cases"),
    (Role.DPO, "/staff/rights-cases/new"),
    (Role.DPO, "/staff/demands"),
    (Role.DPO, "/staff/demands/new"),
    (Role.ADMINISTRATOR, "/staff/demands"),
    (Role.DPO, "/staff/clocks"),
    (Role.DPO, "/staff/preview"),
    (Role.DPO, "/staff/cases"),
    (Role.DPO, "/staff/holds"),
    (Role.DPO, "/staff/matters"),
    (Role.DPO, "/staff/archive"),
    (Role.DPO, "/staff/alarms"),
    (Role.DPO, "/staff/proposals"),
    (Role.DPO, "/staff/rules"),
    (Role.DPO, "/staff/policy"),
    (Role.DPO, "/staff/policy/2"),
    (Role.DPO, "/staff/what-if"),
    (Role.DPO, "/staff/processors"),
    (Role.DPO, "/staff/processors/host"),
    (Role.DPO, "/staff/processors/host/end"),
    (Role.DPO, "/staff/record-of-processing"),
    (Role.SECURITY, "/staff/traces"),
    (Role.SECURITY, "/staff/anomalies"),
    (Role.SECURITY, "/staff/incidents"),
    (Role.SECURITY, "/staff/penetration-tests"),
    (Role.SECURITY, "/staff/learner-sessions"),
    (Role.SECURITY, "/account/training"),
    (Role.SECURITY, "/account/sessions"),
    (Role.SECURITY, "/account/password"),
    (Role.ADMINISTRATOR, "/staff/team"),
    (Role.ADMINISTRATOR, "/mail/preview"),
    (Role.DPO, "/mail/preview/newsletter?language=en"),
    (Role.ADMINISTRATOR, "/staff/trainings"),
    (Role.ADMINISTRATOR, "/ops"),
    (Role.ADMINISTRATOR, "/ops/dead-letters/learning"),
    (Role.COUNSELLOR, "/staff/statistics"),
    (Role.TRAINER, "/staff/statistics/budget-request"),
)


def _fits(page: Page, path: str) -> None:
    answer = page.goto(path)
    assert answer is not None
    assert answer.status < 500
    overflow = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert overflow <= 0, f"{path} overflows by {overflow} px"


def _check(page: Page, path: str) -> None:
    _fits(page, path)
    check(page, path)


@pytest.mark.timeout(300)
def test_public_pages(visit: Visit) -> None:
    page = visit(width=360).new_page()
    for path in PUBLIC:
        _check(page, path)


@pytest.mark.timeout(300)
def test_learner_pages(visit: Visit, learner: StorageState) -> None:
    page = visit(state=learner, width=360).new_page()
    for path in LEARNER:
        _check(page, path)
    page.goto("/dashboard")
    course = page.locator("a[href^='/enrolments/']").first.get_attribute("href")
    assert course is not None
    _check(page, course)
    for link in page.locator("a[href*='/exercises/']").all():
        exercise = link.get_attribute("href")
        assert exercise is not None
        other = page.context.new_page()
        _check(other, exercise)
        other.close()


@pytest.mark.timeout(300)
def test_staff_pages(
    visit: Visit, signed_in_staff: dict[Role, StorageState], learner: StorageState
) -> None:
    of_role = {
        role: visit(state=signed_in_staff[role], width=360).new_page()
        for role in dict.fromkeys(role for role, _ in STAFF)
    }
    for role, path in STAFF:
        _check(of_role[role], path)


def test_wide_screens_do_not_overflow_either(visit: Visit, learner: StorageState) -> None:
    page = visit(state=learner, width=1280).new_page()
    for path in (*PUBLIC[:6], *LEARNER):
        _fits(page, path)


def test_the_keyboard_reaches_the_content_first(visit: Visit) -> None:
    page = visit().new_page()
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Aller au contenu"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
