"""What a person may know of a hold: clocks, plan and notices with and without a secret one."""

import pytest

from services.retention.domain.clocks.agenda import agenda, next_at
from services.retention.domain.clocks.clock import ClockState
from services.retention.domain.clocks.compute import clocks_of
from services.retention.domain.clocks.request import plan_request
from services.retention.domain.life.life import Scope
from services.retention.domain.life.told import as_told
from shared.events import retention
from shared.events.retention import HeldScope
from shared.personal import Category
from tests.unit.retention.given import RULES, WHO, Story, on

SECRET_UNTIL = "2028-01-01"
E1 = HeldScope(category=Category.LEARNING_HISTORY, object="e1")


def lived() -> Story:
    story = Story().registers("2026-01-05").confirms("2026-01-05").signs_in("2026-01-05")
    story.enrols("2026-01-06", "2027-01-06", "e1").answers("2026-01-06", "e1")
    return story.enrols("2026-01-07", "2027-01-07", "e2").answers("2026-01-07", "e2")


def held(story: Story) -> Story:
    return story.is_held(
        "2026-02-01",
        "2030-06-01",
        Category.CONTACT,
        Category.CIVIL_IDENTITY,
        secret_until=SECRET_UNTIL,
    )


@pytest.mark.promise("C6.2")
def test_clocks_and_plan_are_the_same_with_a_secret_hold_and_differ_once_it_is_told() -> None:
    plain, kept = lived().life(), held(lived()).life()
    for day in ("2026-02-02", "2027-12-31T23:59"):
        now = on(day)
        assert clocks_of(RULES, as_told(kept, now)) == clocks_of(RULES, plain)
        assert plan_request(RULES, as_told(kept, now), now) == plan_request(RULES, plain, now)
    now = on(SECRET_UNTIL)
    stays = plan_request(RULES, as_told(kept, now), now).stays
    assert {(one.clock.category, one.ground) for one in stays} == {
        (Category.CONTACT, "hold"),
        (Category.CIVIL_IDENTITY, "hold"),
    }


@pytest.mark.promise("C6.2", "C2.5")
def test_a_secret_hold_does_not_silence_the_notice_that_would_come_without_it() -> None:
    story = held(lived()).hold_is_lifted("2026-03-01")
    story.is_held("2028-06-01", "2040-01-01", *Category, hold="h2", secret_until="2035-01-01")
    now = on("2028-12-20")
    plain = agenda(RULES, lived().life(), now).announcements
    assert plain
    assert agenda(RULES, story.life(), now).announcements == plain
    wakes = next_at(RULES, story.life(), on("2026-06-02"))
    assert wakes is not None
    assert wakes <= now, "the sweep looks in time"
    assert agenda(RULES, story.life(), on("2029-02-01")).cases == (), "and yet nothing goes"


@pytest.mark.promise("C6.2", "C8.4")
def test_what_a_secret_hold_kept_from_a_request_looks_gone_like_the_rest() -> None:
    story = held(lived())
    story.tell("2026-04-01", retention.ErasureRequested(case_id="c1", subject_id=WHO))
    kept = (Category.CONTACT, "-")
    story.is_ordered("2026-04-01", kept)
    story.tell(
        "2026-04-02",
        retention.ErasureCertified(case_id="c1", subject_id=WHO, certificate_id="c1"),
    )
    life, now = story.life(), on("2026-04-03")
    told = as_told(life, now)
    assert Scope(*kept) in life.live()
    assert Scope(*kept) not in told.live()
    clock = next(c for c in clocks_of(RULES, told) if c.category is Category.CONTACT)
    assert clock.state(now) is ClockState.DONE
    real = next(c for c in clocks_of(RULES, life) if c.category is Category.CONTACT)
    assert real.state(now) is ClockState.HELD


@pytest.mark.promise("C6.2", "C8.4")
def test_a_hold_on_one_enrolment_keeps_that_one_only() -> None:
    story = lived().is_held("2026-02-01", "2030-06-01", Category.LEARNING_HISTORY, scopes=(E1,))
    now = on("2026-02-02")
    plan = plan_request(RULES, story.life(), now)
    assert [(s.clock.object, s.ground) for s in plan.stays] == [("e1", "hold")]
    assert Scope(Category.LEARNING_HISTORY, "e2") in plan.goes
    story.hold_is_revised("2026-03-01", "2031-06-01", E1)
    assert plan_request(RULES, story.life(), now).stays[0].until == on("2031-06-01")


@pytest.mark.promise("C6.2", "C8.4")
def test_what_a_secret_hold_spared_during_the_delay_looks_disabled_like_the_rest() -> None:
    def ordered(story: Story) -> Story:
        kept, rest = (Category.CONTACT, "-"), (Category.CREDENTIALS, "-")
        story.is_ordered("2026-01-20", kept, rest)
        for category, _ in (kept, rest):
            story.is_disabled("2026-01-21", category, "2026-02-10")
        return story

    plain = ordered(lived())
    spared = held(ordered(lived())).is_enabled("2026-02-01", Category.CONTACT)
    now = on("2026-02-02")
    assert Scope(Category.CONTACT, "-") in spared.life().live()
    assert clocks_of(RULES, as_told(spared.life(), now)) == clocks_of(RULES, plain.life())
    for story in (plain, spared):
        story.loses_key("2026-02-10", Category.CREDENTIALS)
    plain.loses_key("2026-02-10", Category.CONTACT)
    now = on("2026-02-11")
    assert clocks_of(RULES, as_told(spared.life(), now)) == clocks_of(RULES, plain.life())
