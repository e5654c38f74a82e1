"""Holds and the watch: given / when / then."""

from datetime import timedelta

import pytest

from services.retention.domain.errors import HoldExpiryError, HoldNotFoundError, HoldOverError
from services.retention.domain.hold.commands import ExpireHold, LiftHold, PlaceHold
from services.retention.domain.hold.decide import decide
from services.retention.domain.hold.events import HoldEvent, HoldWasLifted, HoldWasPlaced
from services.retention.domain.hold.evolve import evolve
from services.retention.domain.hold.state import HoldState
from services.retention.domain.watch import decide as watch
from services.retention.domain.watch.commands import AnnounceEnd, EnterArchive, RaiseAlarm
from shared.personal import Category
from tests.unit.retention.given import WHO, on

NOW = on("2026-03-02")
PLACE = PlaceHold(
    hold_id="h1",
    subject_id=WHO,
    categories=(Category.PAYMENT, Category.CONTACT, Category.CONTACT),
    ground="litigation",
    reference="RG-26-00001",
    reviewer="staff-1",
    expires_at=NOW + timedelta(days=90),
    at=NOW,
)


def given(*events: HoldEvent) -> HoldState:
    state = HoldState()
    for event in events:
        state = evolve(state, event)
    return state


def placed() -> HoldState:
    return given(*decide(PLACE, HoldState()))


@pytest.mark.promise("C6.2")
def test_a_hold_names_ground_reviewer_reference_and_end() -> None:
    (event,) = decide(PLACE, HoldState())
    assert isinstance(event, HoldWasPlaced)
    assert event.categories == (Category.CONTACT, Category.PAYMENT)
    assert (event.reference, event.reviewer) == ("RG-26-00001", "staff-1")
    assert decide(PLACE, placed()) == [], "placing twice is placing once"


@pytest.mark.promise("C2.11", "C6.2")
def test_a_hold_without_end_or_category_is_refused() -> None:
    for change in ({"expires_at": NOW}, {"categories": ()}):
        values = {name: getattr(PLACE, name) for name in PlaceHold.__slots__} | change
        with pytest.raises(HoldExpiryError):
            decide(PlaceHold(**values), HoldState())


@pytest.mark.promise("C6.2")
def test_lifting_ends_a_hold_once_and_expiry_lifts_by_itself() -> None:
    (lifted,) = decide(LiftHold("staff-1", NOW), placed())
    assert isinstance(lifted, HoldWasLifted)
    over = evolve(placed(), lifted)
    with pytest.raises(HoldOverError):
        decide(LiftHold("staff-1", NOW), over)
    with pytest.raises(HoldNotFoundError):
        decide(LiftHold("staff-1", NOW), HoldState())
    assert decide(ExpireHold(NOW), placed()) == []
    (expired,) = decide(ExpireHold(NOW + timedelta(days=90)), placed())
    assert isinstance(expired, HoldWasLifted)
    assert expired.cause == "expired"
    assert decide(ExpireHold(NOW + timedelta(days=91)), over) == []


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
