"""Rights cases: given, when, then (C8, C13.1; GDPR art. 12)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identity.adapters.rights_words import FILE, load_rights_words
from services.identity.domain import errors
from services.identity.domain.rights_case import commands as c
from services.identity.domain.rights_case import events as e
from services.identity.domain.rights_case import terms
from services.identity.domain.rights_case.decide import decide
from services.identity.domain.rights_case.evolve import evolve
from services.identity.domain.rights_case.state import NO_CASE
from shared.events.rights_cases import RIGHTS_KINDS, ReminderStage, RightsKind
from shared.settings import ConfigurationError
from tests.unit.identity.given import LEARNER, Given

PARIS = ZoneInfo("Europe/Paris")
ASKED = datetime(2030, 3, 15, 9, tzinfo=UTC)
NOTHING = Given(decide, evolve, NO_CASE)
OPEN = c.OpenRightsCase(LEARNER, "case-1", "access", "portal", ASKED, identity="session")
BY_POST = replace(OPEN, channel="post", identity=None)
GRANT = c.CloseRightsCase("granted", ASKED + timedelta(days=3))
OPENED = NOTHING.when(OPEN)


@pytest.mark.promise("C8.1", "C8.2", "C13.1")
@pytest.mark.parametrize(
    ("kind", "due"),
    [
        # Days keep their hour in Paris, where clocks go forward on 31 March 2030.
        ("access", datetime(2030, 4, 14, 8, tzinfo=UTC)),
        ("portability", datetime(2030, 4, 14, 8, tzinfo=UTC)),
        ("rectification", datetime(2030, 3, 17, 9, tzinfo=UTC)),
        ("restriction", datetime(2030, 4, 14, 8, tzinfo=UTC)),
        ("objection", datetime(2030, 4, 14, 8, tzinfo=UTC)),
        ("erasure", datetime(2030, 4, 14, 8, tzinfo=UTC)),
        ("complaint", datetime(2030, 3, 30, 9, tzinfo=UTC)),
    ],
)
def test_each_kind_has_the_term_that_was_promised(kind: RightsKind, due: datetime) -> None:
    opened, _ = NOTHING.when(replace(OPEN, kind=kind)).events
    assert (opened.due_at, opened.acknowledge_by) == (due, ASKED + timedelta(hours=48))


@pytest.mark.promise("C8.1")
def test_a_case_is_opened_once_acknowledged_once_and_closed_in_time() -> None:
    story = NOTHING.when(OPEN).then(e.RightsCaseOpened, e.IdentityConfirmed)
    story.when(OPEN).then()
    told = story.when(c.AcknowledgeRightsCase()).then(e.RightsCaseAcknowledged)
    told.when(c.AcknowledgeRightsCase()).then()
    closed = told.when(GRANT).then(e.RightsCaseClosed)
    assert closed.events[0].in_time
    closed.when(GRANT).then()
    closed.refuses(c.CloseRightsCase("refused", ASKED), errors.RightsCaseClosedError)
    closed.refuses(c.AssignRightsCase("staff-1"), errors.RightsCaseClosedError)
    closed.when(c.AcknowledgeRightsCase()).then()
    closed.when(c.FollowRightsCase(ASKED + timedelta(days=400))).then()


@pytest.mark.promise("C8.1", "C13.4")
def test_nothing_is_done_for_somebody_who_has_not_shown_that_they_ask() -> None:
    story = NOTHING.when(BY_POST).then(e.RightsCaseOpened)
    for outcome in ("granted", "partly_granted", "refused"):
        story.refuses(c.CloseRightsCase(outcome, ASKED), errors.IdentityUnconfirmedError)
    story.when(c.CloseRightsCase("unidentified", ASKED)).then(e.RightsCaseClosed)
    story.when(c.CloseRightsCase("withdrawn", ASKED)).then(e.RightsCaseClosed)
    shown = story.when(c.ConfirmIdentity("link")).then(e.IdentityConfirmed)
    shown.when(c.ConfirmIdentity("session")).then()
    shown.when(GRANT).then(e.RightsCaseClosed)


@pytest.mark.promise("C8.1")
def test_an_access_is_extended_once_by_two_months_while_its_term_runs() -> None:
    extend = c.ExtendTerm("complexity", ASKED + timedelta(days=29))
    longer = OPENED.when(extend).then(e.RightsCaseExtended)
    assert longer.state.due_at == datetime(2030, 6, 14, 8, tzinfo=UTC)
    longer.refuses(extend, errors.NotExtendableError)
    OPENED.refuses(c.ExtendTerm("number", OPENED.state.due_at), errors.NotExtendableError)
    for kind in set(RIGHTS_KINDS) - {"access"}:
        NOTHING.when(replace(OPEN, kind=kind)).refuses(extend, errors.NotExtendableError)
    # A case that goes on under an account brings its longer term, and no second one.
    moved = replace(OPEN, due_at=longer.state.due_at, extended="complexity")
    NOTHING.when(moved).refuses(extend, errors.NotExtendableError)
    assert NOTHING.when(moved).state.due_at == longer.state.due_at


@pytest.mark.promise("C8.1", "C13.1")
def test_staff_are_reminded_at_half_and_three_quarters_and_the_officer_when_it_is_late() -> None:
    taken = OPENED.when(c.AssignRightsCase("staff-1")).then(e.RightsCaseAssigned)
    taken.when(c.AssignRightsCase("staff-1")).then()
    span = taken.state.due_at - ASKED
    taken.when(c.FollowRightsCase(ASKED + span / 2 - timedelta(seconds=1))).then()
    half = taken.when(c.FollowRightsCase(ASKED + span / 2)).then(e.RightsCaseReminded)
    assert (half.events[0].stage, half.events[0].assignee) == ("half", "staff-1")
    half.when(c.FollowRightsCase(ASKED + span / 2 + timedelta(hours=1))).then()
    late = half.when(c.FollowRightsCase(ASKED + span * 0.75)).then(e.RightsCaseReminded)
    assert late.events[0].stage == "three_quarters"
    over = late.when(c.FollowRightsCase(taken.state.due_at)).then(e.RightsCaseReminded)
    assert (over.events[0].stage, over.events[0].assignee) == ("overdue", None)
    over.when(c.FollowRightsCase(taken.state.due_at + timedelta(days=9))).then()
    closed = over.when(c.CloseRightsCase("granted", taken.state.due_at + timedelta(days=9)))
    assert not closed.events[0].in_time


def test_a_longer_term_is_reminded_of_anew() -> None:
    half = OPENED.when(c.FollowRightsCase(ASKED + timedelta(days=20)))
    longer = half.when(c.ExtendTerm("complexity", ASKED + timedelta(days=20)))
    longer.when(c.FollowRightsCase(ASKED + timedelta(days=40))).then()
    longer.when(c.FollowRightsCase(ASKED + timedelta(days=50))).then(e.RightsCaseReminded)


@given(
    kind=st.sampled_from(RIGHTS_KINDS),
    steps=st.lists(st.timedeltas(timedelta(0), timedelta(days=20)), max_size=12),
)
def test_whoever_looks_whenever_the_next_look_is_never_missed_nor_in_vain(
    kind: RightsKind, steps: list[timedelta]
) -> None:
    story, now = NOTHING.when(replace(OPEN, kind=kind)), ASKED
    seen: list[ReminderStage] = []
    for step in steps:
        now += step
        state = story.state
        look_at = terms.next_reminder(state.received_at, state.due_at, state.reminded)
        story = story.when(c.FollowRightsCase(now))
        assert bool(story.events) == (look_at is not None and look_at <= now)
        seen += [event.stage for event in story.events]
    order = [stage for stage, _ in terms.REMINDED_AFTER]
    assert seen == sorted(set(seen), key=order.index)
    if now >= story.state.due_at:
        assert seen[-1] == "overdue"


def test_an_unknown_case_is_refused() -> None:
    for command in (c.AcknowledgeRightsCase(), GRANT, c.FollowRightsCase(ASKED)):
        NOTHING.refuses(command, errors.UnknownRightsCaseError)


@pytest.mark.promise("C13.1", "C13.2", "C13.3")
def test_the_acknowledgement_of_a_complaint_names_the_cnil_and_the_courts() -> None:
    words, due = load_rights_words(), datetime(2030, 3, 29, 23, 30, tzinfo=UTC)
    french = words.acknowledged("complaint", "fr", due=due, page=None, link=None)
    english = words.acknowledged("complaint", "en", due=due, page=None, link="https://x.test/l")
    assert all(part in french for part in ("30 mars 2030", "CNIL", "tribunaux français"))
    assert all(part in english for part in ("March 30, 2030", "CNIL", "French courts", "x.test/l"))
    assert "CNIL" not in words.acknowledged("access", "fr", due=due, page="/p", link=None)
    assert "CNIL" in words.with_remedies("Non.", "fr")


def test_every_text_can_be_said_in_both_languages() -> None:
    words = load_rights_words()
    for kind in RIGHTS_KINDS:
        for language in ("fr", "en"):
            told = (
                words.titled(kind, language),
                words.acknowledged(kind, language, due=ASKED, page="https://p.test", link="l"),
                words.extended(kind, language, reason="number", due=ASKED),
            )
            assert not any("{" in text for text in told)


def test_a_kind_without_words_stops_the_start_with_one_line(tmp_path: Path) -> None:
    file = tmp_path / "words.yaml"
    text = FILE.read_text(encoding="utf-8")
    file.write_text(text.replace("  complaint: {fr: réclamation, en: complaint}\n", ""), "utf-8")
    with pytest.raises(ConfigurationError, match="no words for complaint"):
        load_rights_words(file)
