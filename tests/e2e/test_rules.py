"""The officer compares other rules, sees whom they touch, and adopts them for a reason."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import StorageState, expect

from shared.http.auth import Role
from tests.e2e.conftest import Visit
from tests.e2e.test_holds import reload_until, shoot
from tests.unit.retention.given import POLICY

TEXT = POLICY.read_text(encoding="utf-8")
TRACES = "trace_collected, after: P6M"


@pytest.mark.timeout(180)
@pytest.mark.promise("C2.11")
def test_rules_are_compared_tried_and_adopted_and_what_if_is_answered(
    visit: Visit,
    signed_in_staff: dict[Role, StorageState],
    learner: StorageState,
    tmp_path: Path,
) -> None:
    mine = visit(state=learner).new_page()
    mine.goto("/my-data")
    mine.get_by_text("La règle et ses raisons").first.click()
    expect(mine.get_by_role("list", name="Comment la date se calcule").first).to_be_visible()

    page = visit(state=signed_in_staff[Role.DPO]).new_page()
    page.goto("/staff/rules")
    page.get_by_label("Ou le texte lui-même").fill(TEXT.replace("after: P10Y", "after: P9Y", 1))
    page.get_by_role("button", name="Vérifier et comparer").click()
    expect(page.get_by_role("list", name="Erreurs")).to_contain_text("rule invoices")

    file = tmp_path / "2026-02-01.yaml"
    file.write_text(
        TEXT.replace('"2025-01-12"', '"2026-02-01"').replace(TRACES, "trace_collected, after: P8M")
    )
    page.get_by_label("Fichier").set_input_files(file)
    page.get_by_role("button", name="Vérifier et comparer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Règles 2026-02-01")
    expect(page.get_by_text("8 mois après la première trace du mois")).to_be_visible()
    expect(page.get_by_role("button", name="Demander ces règles")).to_be_visible()
    assert Axe().run(page).violations_count == 0
    page.get_by_label("Pourquoi").fill("Deux mois de plus pour les enquêtes")
    page.get_by_role("button", name="Demander ces règles").click()
    expect(page.get_by_role("status")).to_contain_text("dès qu’une seconde personne")
    reload_until(page, "Attend une seconde personne.")
    shoot(page, "proposals-own")
    second = visit(state=signed_in_staff[Role.ADMINISTRATOR]).new_page()
    second.goto("/staff/proposals")
    expect(second.get_by_text("Deux mois de plus pour les enquêtes")).to_be_visible()
    shoot(second, "proposals-to-confirm")
    assert Axe().run(second).violations_count == 0
    second.get_by_role("button", name="Confirmer comme seconde personne").click()
    expect(second.get_by_role("status")).to_contain_text("Confirmé")
    reload_until(second, "Ce qu’il est advenu du reste")
    shoot(second, "proposals-settled")
    page.goto("/staff/rules")
    first = page.locator("tbody tr").first
    expect(first).to_contain_text("2026-02-01")
    expect(first).to_contain_text("Deux mois de plus pour les enquêtes")
    first.get_by_role("link", name="Ce qu’elle a changé").click()
    expect(page.get_by_text("6 mois après la première trace du mois")).to_be_visible()

    page.goto("/staff/what-if")
    assert Axe().run(page).violations_count == 0
