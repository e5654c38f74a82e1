"""A request for erasure reaches what arrives after it, and what a dispute kept from it."""

import pytest

from services.retention.domain.clocks.agenda import agenda
from services.retention.domain.life.life import Scope
from shared.events import retention
from shared.personal import Category
from tests.unit.retention.given import RULES, WHO, Story, on

ASKED = "2026-02-01T10:00"


def asked() -> Story:
    story = Story().registers("2026-01-05").confirms("2026-01-05").signs_in("2026-01-05")
    return story.tell(ASKED, retention.ErasureRequested(case_id="c1", subject_id=WHO))


@pytest.mark.promise("C8.4")
def test_a_trace_that_was_still_under_way_at_the_request_goes_at_the_next_sweep() -> None:
    story = asked().leaves_traces(ASKED)
    (case,) = agenda(RULES, story.life(), on("2026-02-02")).cases
    assert Scope(Category.TECHNICAL_TRACES, "2026-02") in case.scopes
    assert (case.reason, case.mode) == ("request", "deleted")


@pytest.mark.promise("C8.4")
def test_what_a_hold_kept_from_a_request_goes_once_the_hold_is_lifted() -> None:
    story = asked().is_held("2026-01-20", "2027-01-20", Category.CIVIL_IDENTITY)
    held = Scope(Category.CIVIL_IDENTITY, "-")
    assert all(
        held not in case.scopes for case in agenda(RULES, story.life(), on("2026-02-02")).cases
    )
    story.hold_is_lifted("2026-06-01")
    cases = agenda(RULES, story.life(), on("2026-06-02")).cases
    assert any(held in case.scopes for case in cases)


@pytest.mark.promise("C8.4", "C2.8")
def test_a_request_never_reaches_an_invoice_before_its_minimum() -> None:
    story = asked().is_invoiced("2026-01-06", "2026-12-31")
    for case in agenda(RULES, story.life(), on("2036-12-31")).cases:
        assert Scope(Category.PAYMENT, "F1") not in case.scopes
