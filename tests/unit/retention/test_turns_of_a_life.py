"""Turns that a life takes: given events, when..., then the clocks; the README has the table."""

from datetime import date, datetime
from itertools import permutations

import pytest

from services.retention.domain.calendar import end_of_day
from services.retention.domain.clocks.clock import ClockState
from services.retention.domain.clocks.compute import clocks_of
from services.retention.domain.life.fold import fold
from services.retention.domain.life.follow import following, follows
from services.retention.domain.life.life import Life
from shared.events import identity
from shared.events.base import SubjectId
from shared.personal import Category, Personal
from tests.unit.retention.given import RULES, Story, on

FIRST = SubjectId("learner-1")
SURVIVOR = SubjectId("learner-2")


def dues(life: Life, rule_id: str) -> dict[str, datetime | None]:
    return {c.object: c.due for c in clocks_of(RULES, life) if c.rule_id == rule_id}


def lived(subject: SubjectId = FIRST) -> Story:
    story = Story(subject).registers("2026-01-01").confirms("2026-01-02").signs_in("2026-01-03")
    return story.enrols("2026-01-04", "2026-12-31").answers("2026-01-05")


@pytest.mark.promise("C2.3", "C2.5", "C2.6")
def test_a_late_event_leads_where_it_would_have_led_in_time() -> None:
    story = lived().signs_in("2027-05-01").is_certified("2026-02-01")
    expected = story.life().to_document()
    for order in list(permutations(story.happened))[::97]:
        life = Life(story.subject)
        for one in [*order, *order[:3]]:
            fold(life, one)
        assert life.to_document() == expected


@pytest.mark.promise("C2.1", "C2.2", "C2.5")
def test_the_last_correction_of_a_contract_counts_in_whatever_order() -> None:
    story = lived().has_access_corrected("2026-02-01", "2030-06-30")
    story.has_access_corrected("2026-03-01", "2029-06-30")
    for happened in (story.happened, story.happened[::-1]):
        life = Life(story.subject)
        for one in happened:
            fold(life, one)
        assert dues(life, "civil-identity") == {"-": end_of_day(date(2029, 6, 30))}
    wrong = lived().has_access_corrected("2026-02-01", "2025-06-30")
    assert wrong.clock("civil-identity").state(on("2026-03-01")) is ClockState.ALARM
    wrong.has_access_corrected("2026-03-02", "2026-06-30")
    assert wrong.clock("civil-identity").due == on("2029-01-05")


@pytest.mark.promise("C2.1", "C2.3", "C2.6")
def test_a_second_enrolment_moves_the_account_and_leaves_the_first_certification() -> None:
    story = lived().is_certified("2026-02-01")
    story.signs_in("2027-03-01").enrols("2027-03-02", "2028-03-01", "e2").answers(
        "2027-03-03", "e2"
    )
    assert dues(story.life(), "learning-history") == {
        "e1": on("2031-02-01"),
        "e2": on("2032-03-01"),
    }
    assert dues(story.life(), "civil-identity") == {"-": on("2030-03-03")}


@pytest.mark.promise("C2.1", "C2.3", "C2.5")
def test_a_duplicate_follows_the_account_that_stays() -> None:
    duplicate = lived().is_invoiced("2026-01-06", "2026-12-31").asks_support("2026-01-07")
    duplicate.is_resolved("2026-01-08").is_certified("2026-02-01")
    alone = duplicate.life()
    duplicate.is_merged("2026-03-01", SURVIVOR)
    survivor = Story(SURVIVOR).registers("2026-02-01").confirms("2026-02-01")
    survivor.signs_in("2028-04-01").enrols("2028-04-02", "2029-03-31", "e9")
    assert follows(duplicate.life()) == SURVIVOR
    life = following(duplicate.life(), survivor.life())
    for rule in ("civil-identity", "contact", "credentials"):
        assert dues(life, rule) == {"-": on("2031-04-02")} == dues(survivor.life(), rule)
    # A certified course keeps its own term; what belongs to the law or to a request does too.
    assert dues(life, "learning-history") == {"e1": on("2031-02-01")}
    for rule in ("invoices", "support"):
        assert dues(life, rule) == dues(alone, rule)


@pytest.mark.promise("C8.4", "C2.5")
def test_what_the_account_that_stays_asks_reaches_its_duplicate() -> None:
    duplicate = lived().is_merged("2026-03-01", SURVIVOR)
    survivor = Story(SURVIVOR).registers("2026-02-01").confirms("2026-02-01")
    survivor.asks_for_erasure("2026-05-01")
    life = following(duplicate.life(), survivor.life())
    assert set(dues(life, "own-request").values()) == {on("2026-05-01")}
    # The closure that the merge brought begins no archive of its own.
    open_one = Story(SURVIVOR).registers("2026-02-01").signs_in("2026-06-01")
    life = following(duplicate.life(), open_one.life())
    [clock] = [c for c in clocks_of(RULES, life) if c.rule_id == "civil-identity"]
    assert clock.archive_from == on("2026-12-01T01:00")


def test_a_merge_is_no_activity_of_the_learner() -> None:
    before = lived().life().last["activity"]
    assert lived().is_merged("2026-03-01", SURVIVOR).life().last["activity"] == before


@pytest.mark.promise("C2.9")
def test_a_converted_prospect_goes_at_once_and_the_account_has_its_own_terms() -> None:
    prospect = Story(SubjectId("prospect-1"))
    prospect.tell(
        "2026-01-01",
        identity.ProspectContacted(
            prospect_id=prospect.subject,
            name=Personal("Nom"),
            email=Personal("canari@canary.test"),
            message=Personal("bonjour"),
            language="fr",
        ),
    )
    assert prospect.clock("prospects").due == on("2029-01-01")
    prospect.tell(
        "2026-02-01",
        identity.ProspectConverted(prospect_id=prospect.subject, learner_id=SURVIVOR),
    )
    assert prospect.clock("prospects").due == on("2026-02-01")
    assert {c.rule_id for c in clocks_of(RULES, lived(SURVIVOR).life())}.isdisjoint({"prospects"})


@pytest.mark.promise("C4.3", "C2.5")
def test_a_learner_who_becomes_staff_has_two_accounts_with_terms_of_their_own() -> None:
    learner = lived()
    before = learner.clocks()
    staff = Story(SubjectId("staff-7")).is_appointed("2026-06-01")
    assert staff.clock("staff").due is None
    assert staff.clock("staff").state(on("2026-07-01")) is ClockState.WAITING
    staff.tell("2028-01-01", identity.StaffDeparted(staff_id=staff.subject))
    assert {c.due for c in clocks_of(RULES, staff.life())} == {on("2029-01-01")}
    assert learner.clocks() == before
    # Even under one id the learner's data keeps the learner's terms; what opens the door, staff's.
    both = lived().is_appointed("2026-06-01")
    rules = {(c.category, c.rule_id) for c in clocks_of(RULES, both.life())}
    assert (Category.CIVIL_IDENTITY, "civil-identity") in rules
    assert (Category.CREDENTIALS, "staff") in rules
    assert (Category.CREDENTIALS, "credentials") not in rules
