"""Which cases are carried out again after a restore: those that only the ledger knows."""

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import pytest

from services.retention.adapters.ledger import Entry, ErasureLedger
from services.retention.application.case_opening import CaseOpener
from services.retention.application.restore import lost_cases
from shared.searching.canaries import key_of
from tests.unit.retention.given import on

AT = on("2026-03-02")


class Cases:
    """Stands for what opens cases; says which it was asked for, and about what."""

    def __init__(self, *known: str) -> None:
        self.known = known
        self.asked: dict[str, list[str]] = {}

    async def open_lost(self, case_id: str, entries: Sequence[Entry]) -> bool:
        self.asked[case_id] = [entry.category for entry in entries]
        assert {entry.subject for entry in entries} == {f"subject-of-{case_id}"}
        return case_id not in self.known


@pytest.fixture
def ledger(tmp_path: Path) -> ErasureLedger:
    ledger = ErasureLedger(tmp_path)
    ledger.open()
    return ledger


def write(ledger: ErasureLedger, case_id: str, *categories: str, disabled: bool = False) -> None:
    act = "disabled" if disabled else "destroyed"
    scopes = [(one, "-") for one in categories]
    ledger.record(case_id, f"subject-of-{case_id}", scopes, AT, act)  # type: ignore[arg-type]


@pytest.mark.promise("C8.4", "C7.5")
async def test_what_was_destroyed_or_only_disabled_is_opened_again_and_what_is_known_is_not(
    ledger: ErasureLedger,
) -> None:
    write(ledger, "destroyed", "contact", "profile")
    write(ledger, "disabled", "contact", "profile", disabled=True)
    write(ledger, "known", "contact")
    ledger.record("disabled", "subject-of-disabled", [("profile", "-")], AT, "enabled")
    cases = Cases("known")
    assert await lost_cases(ledger, cast("CaseOpener", cases)) == 2
    assert cases.asked["destroyed"] == ["contact", "profile"]
    assert cases.asked["disabled"] == ["contact"], "what a hold enabled again is kept"


async def test_what_was_searched_for_is_nothing_that_a_case_was_about(
    ledger: ErasureLedger,
) -> None:
    write(ledger, "one", "contact")
    for case_id in ("one", "all-of-it-held"):
        canaries = key_of(case_id)
        scopes = [(str(canaries.category), canaries.object)]
        ledger.record(case_id, canaries.subject, scopes, AT)
    cases = Cases()
    assert await lost_cases(ledger, cast("CaseOpener", cases)) == 1
    assert cases.asked == {"one": ["contact"]}


async def test_a_vault_that_knows_the_beginning_asks_for_the_rest_alone(
    ledger: ErasureLedger,
) -> None:
    write(ledger, "old", "contact")
    write(ledger, "halfway", "contact", disabled=True)
    known = len(ledger)
    write(ledger, "halfway", "profile", disabled=True)
    write(ledger, "new", "contact")
    cases = Cases()
    assert await lost_cases(ledger, cast("CaseOpener", cases), after=known) == 2
    assert cases.asked == {"halfway": ["contact", "profile"], "new": ["contact"]}
    assert await lost_cases(ledger, cast("CaseOpener", cases), after=len(ledger)) == 0
