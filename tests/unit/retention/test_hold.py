"""Holds, their reviews and their matters: given / when / then."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.retention.domain.errors import (
    DisclosureError,
    HoldExpiryError,
    HoldNotFoundError,
    HoldOverError,
    MatterNotFoundError,
    MatterOverError,
    NarrowingError,
    ReviewDateError,
)
from services.retention.domain.hold.commands import (
    DiscloseHold,
    ExpireHold,
    ExtendHold,
    HoldCommand,
    LiftHold,
    PlaceHold,
    RemindReview,
    ReviewHold,
)
from services.retention.domain.hold.decide import decide
from services.retention.domain.hold.events import (
    HoldEvent,
    HoldWasDisclosed,
    HoldWasExtended,
    HoldWasLifted,
    HoldWasPlaced,
    HoldWasReviewed,
    ReviewWasReminded,
    ReviewWentOverdue,
)
from services.retention.domain.hold.evolve import evolve
from services.retention.domain.hold.state import HoldState
from services.retention.domain.matter import decide as matter
from services.retention.domain.matter.commands import CloseMatter, OpenMatter
from services.retention.domain.matter.evolve import evolve as evolve_matter
from services.retention.domain.matter.state import MatterState
from services.retention.domain.watch import decide as watch
from services.retention.domain.watch.commands import AnnounceEnd, EnterArchive, RaiseAlarm
from shared.events.retention import HeldScope
from shared.personal import Category
from tests.unit.retention.given import WHO, on

NOW = on("2026-03-02")
CONTACT = HeldScope(category=Category.CONTACT)
PAYMENT = HeldScope(category=Category.PAYMENT)
ENROLMENT = HeldScope(category=Category.LEARNING_HISTORY, object="e1")
PLACE = PlaceHold(
    hold_id="h1",
    matter_id="m1",
    subject_id=WHO,
    scopes=(PAYMENT, CONTACT, CONTACT),
    ground="litigation",
    authority="court",
    reference="RG-26-00001",
    reviewer="staff-1",
    expires_at=NOW + timedelta(days=365),
    at=NOW,
)
KEEP = ReviewHold("keep", "proceedings_continue", "none", "staff-2", NOW)
EXTEND = ExtendHold(NOW + timedelta(days=400), "demand_renewed", "none", "staff-1", NOW)


def given(*events: HoldEvent) -> HoldState:
    state = HoldState()
    for event in events:
        state = evolve(state, event)
    return state


def placed(**changes: object) -> HoldState:
    return given(*decide(replace(PLACE, **changes), HoldState()))  # type: ignore[arg-type]


def after(state: HoldState, command: HoldCommand) -> HoldState:
    for event in decide(command, state):
        state = evolve(state, event)
    return state


@pytest.mark.promise("C6.2")
def test_a_hold_names_matter_ground_authority_reviewer_reference_and_end() -> None:
    (event,) = decide(PLACE, HoldState())
    assert isinstance(event, HoldWasPlaced)
    assert event.categories == (Category.CONTACT, Category.PAYMENT)
    assert event.scopes == (CONTACT, PAYMENT)
    assert (event.matter_id, event.authority) == ("m1", "court")
    assert (event.reference, event.reviewer) == ("RG-26-00001", "staff-1")
    assert event.review_at == on("2026-06-02") - timedelta(hours=1), "three months, Paris time"
    assert decide(PLACE, placed()) == [], "placing twice is placing once"


@pytest.mark.promise("C2.11", "C6.2")
def test_a_hold_without_end_or_scope_is_refused() -> None:
    for change in ({"expires_at": NOW}, {"scopes": ()}):
        with pytest.raises(HoldExpiryError):
            placed(**change)
    for months in (0, 13):
        with pytest.raises(ReviewDateError):
            placed(review_every=months)


@pytest.mark.promise("C6.2")
def test_lifting_ends_a_hold_once_and_expiry_lifts_by_itself() -> None:
    (lifted,) = decide(LiftHold("staff-1", NOW), placed())
    assert isinstance(lifted, HoldWasLifted)
    over = evolve(placed(), lifted)
    for command in (LiftHold("staff-1", NOW), KEEP, EXTEND):
        with pytest.raises(HoldOverError):
            decide(command, over)
        with pytest.raises(HoldNotFoundError):
            decide(command, HoldState())
    assert decide(ExpireHold(NOW), placed()) == []
    (expired,) = decide(ExpireHold(NOW + timedelta(days=365)), placed())
    assert isinstance(expired, HoldWasLifted)
    assert expired.cause == "expired"
    assert decide(ExpireHold(NOW + timedelta(days=366)), over) == []


@pytest.mark.promise("C6.2")
def test_a_review_is_reminded_of_before_and_noted_once_it_is_overdue() -> None:
    state = placed()
    review_at = on("2026-06-02") - timedelta(hours=1)
    assert decide(RemindReview(review_at - timedelta(days=15)), state) == []
    near = RemindReview(review_at - timedelta(days=14))
    (reminded,) = decide(near, state)
    assert isinstance(reminded, ReviewWasReminded)
    assert (reminded.reviewer, reminded.review_at) == ("staff-1", review_at)
    state = after(state, near)
    assert decide(near, state) == [], "once for each date"
    late = RemindReview(review_at)
    (overdue,) = decide(late, state)
    assert isinstance(overdue, ReviewWentOverdue)
    state = after(state, late)
    assert decide(late, state) == []
    state = after(state, replace(KEEP, at=review_at))
    assert decide(late, state) == [], "the review set another date"
    assert len(decide(RemindReview(on("2026-08-25")), state)) == 1


@pytest.mark.promise("C6.2")
def test_a_review_keeps_narrows_or_lifts() -> None:
    state = placed(scopes=(CONTACT, PAYMENT))
    (kept,) = decide(replace(KEEP, review_at=on("2026-05-01")), state)
    assert isinstance(kept, HoldWasReviewed)
    assert (kept.outcome, kept.review_at) == ("kept", on("2026-05-01"))
    for wrong in (NOW, on("2027-03-03")):
        with pytest.raises(ReviewDateError):
            decide(replace(KEEP, review_at=wrong), state)
    narrow = replace(KEEP, outcome="narrow", reason="less_is_needed", scopes=(CONTACT,))
    assert after(state, narrow).scopes == (CONTACT,)
    for not_narrower in ((), (CONTACT, PAYMENT), (ENROLMENT,)):
        with pytest.raises(NarrowingError):
            decide(replace(narrow, scopes=not_narrower), state)
    lifted = decide(replace(KEEP, outcome="lift", reason="proceedings_over"), state)
    assert [type(event) for event in lifted] == [HoldWasReviewed, HoldWasLifted]


@pytest.mark.promise("C6.2")
def test_narrowing_a_category_to_one_of_its_objects_keeps_less() -> None:
    whole = HeldScope(category=Category.LEARNING_HISTORY)
    state = placed(scopes=(whole,))
    narrow = replace(KEEP, outcome="narrow", scopes=(ENROLMENT,))
    assert after(state, narrow).scopes == (ENROLMENT,)
    with pytest.raises(NarrowingError):
        decide(replace(narrow, scopes=(ENROLMENT, whole)), state)


@pytest.mark.promise("C6.2")
def test_extending_needs_a_later_end_and_keeps_its_reason() -> None:
    (extended,) = decide(EXTEND, placed())
    assert isinstance(extended, HoldWasExtended)
    assert (extended.reason, extended.extended_by) == ("demand_renewed", "staff-1")
    assert after(placed(), EXTEND).expires_at == EXTEND.expires_at
    with pytest.raises(HoldExpiryError):
        decide(replace(EXTEND, expires_at=PLACE.expires_at), placed())


@pytest.mark.promise("C6.2")
def test_the_person_is_told_once_and_not_before_the_law_permits() -> None:
    told = DiscloseHold(NOW)
    (disclosed,) = decide(told, placed())
    assert isinstance(disclosed, HoldWasDisclosed)
    assert decide(told, after(placed(), told)) == []
    until = NOW + timedelta(days=30)
    secret = placed(disclosed_from=until)
    assert decide(told, secret) == []
    later = replace(EXTEND, disclosed_from=until + timedelta(days=30))
    assert after(secret, later).disclosed_from == later.disclosed_from
    over = after(secret, LiftHold("staff-1", NOW))
    (late,) = decide(DiscloseHold(until), over)
    assert isinstance(late, HoldWasDisclosed), "also once it has ended"
    assert (late.placed_at, late.disclosed_from, late.ended_at) == (NOW, until, NOW)
    assert (disclosed.disclosed_from, disclosed.ended_at) == (None, None)
    for known in (placed(), after(secret, DiscloseHold(until))):
        with pytest.raises(DisclosureError):
            decide(replace(later, at=until, disclosed_from=until + timedelta(days=60)), known)


@pytest.mark.promise("C6.2")
def test_a_matter_is_opened_once_and_closed_once() -> None:
    opening = OpenMatter("m1", "requisition", "prosecutor", "PQ-26-1", "staff-1", NOW)
    closing = CloseMatter("proceedings_over", "staff-1", NOW)
    with pytest.raises(MatterNotFoundError):
        matter.decide(closing, MatterState())
    (opened,) = matter.decide(opening, MatterState())
    state = evolve_matter(MatterState(), opened)
    assert matter.decide(opening, state) == []
    (closed,) = matter.decide(closing, state)
    with pytest.raises(MatterOverError):
        matter.decide(closing, evolve_matter(state, closed))


def test_everything_is_told_once() -> None:
    state = watch.WatchState()
    for command in (
        AnnounceEnd(WHO, "contact", NOW),
        EnterArchive(WHO),
        RaiseAlarm("a1", "missing_anchor", WHO, rule_id="contact"),
    ):
        (event,) = watch.decide(command, state)
        state = watch.evolve(state, event)
        assert watch.decide(command, state) == []
