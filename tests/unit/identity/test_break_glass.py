"""Access beyond the compartment: taken, ended, reviewed, and reminded of (C4.2, C6.3)."""

from datetime import UTC, datetime, timedelta
from functools import reduce
from pathlib import Path
from typing import Final

import pytest

from services.identity.domain.break_glass.commands import (
    BreakGlassCommand,
    EndAccess,
    FollowReview,
    ReviewAccess,
    TakeAccess,
)
from services.identity.domain.break_glass.decide import LONGEST, decide
from services.identity.domain.break_glass.events import (
    AccessEnded,
    AccessReviewed,
    AccessTaken,
    BreakGlassEvent,
    ReviewReminded,
)
from services.identity.domain.break_glass.evolve import evolve
from services.identity.domain.break_glass.state import NO_ACCESS, BreakGlass
from services.identity.domain.errors import (
    AccessNotFoundError,
    AccessReviewedError,
    AccessRunningError,
    OwnAccessError,
)
from shared.clock import VirtualClock
from shared.events.base import SubjectId
from shared.events.identity import EndCause, Verdict
from shared.incidents import Suspicion
from shared.personal import Category, Personal

AT: Final = datetime(2031, 3, 31, 22, 30, tzinfo=UTC)
HALF_AN_HOUR: Final = timedelta(minutes=30)
DAY: Final = timedelta(days=1)
ADA: Final = SubjectId("learner-ada")
OPENED: Final = (Category.CIVIL_IDENTITY, Category.LEARNING_HISTORY)
REASON: Final = Personal("une urgence de test, inventée")
TAKE: Final = TakeAccess("a", ADA, "trainer-1", "trainer", REASON, OPENED, AT, HALF_AN_HOUR)
TAKEN: Final = AccessTaken(
    access_id="a",
    subject_id=ADA,
    taken_by="trainer-1",
    role="trainer",
    month="2031-04",
    reason=REASON,
    categories=OPENED,
    taken_at=AT,
    until=AT + HALF_AN_HOUR,
)
SOON: Final = AT + timedelta(minutes=10)
LATER: Final = AT + timedelta(hours=1)
SUSPICION: Final = Suspicion(
    by_itself=True,
    natures=("confidentiality",),
    cause="read_without_need",
    categories=OPENED,
    since=AT,
    until=AT + HALF_AN_HOUR,
    reader="trainer-1",
    person=ADA,
)


def ended(cause: EndCause, by: str, at: datetime = SOON) -> AccessEnded:
    return AccessEnded(access_id="a", subject_id=ADA, cause=cause, ended_by=by, ended_at=at)


def reviewed(
    verdict: Verdict, at: datetime = LATER, suspicion: Suspicion | None = None
) -> AccessReviewed:
    return AccessReviewed(
        access_id="a",
        subject_id=ADA,
        verdict=verdict,
        reviewed_by="dpo-1",
        reviewed_at=at,
        suspicion=suspicion,
    )


def reminded(at: datetime) -> ReviewReminded:
    return ReviewReminded(
        access_id="a", subject_id=ADA, over_since=AT + HALF_AN_HOUR, reminded_at=at
    )


def review(verdict: Verdict, at: datetime = LATER, by: str = "dpo-1", **more: bool) -> ReviewAccess:
    return ReviewAccess(verdict, more.get("incident", False), by, at)


OVER: Final = AT + HALF_AN_HOUR
DUE: Final = OVER + DAY


@pytest.mark.promise("C4.2", "C6.3", "C7.4")
@pytest.mark.parametrize(
    ("given", "when", "then"),
    [
        ([], TAKE, [TAKEN]),
        ([TAKEN], TAKE, []),
        ([TAKEN], EndAccess("trainer-1", "given_back", SOON), [ended("given_back", "trainer-1")]),
        ([TAKEN], EndAccess("dpo-1", "stopped", SOON), [ended("stopped", "dpo-1")]),
        ([TAKEN], EndAccess("system", "role_ended", SOON), [ended("role_ended", "system")]),
        ([TAKEN], EndAccess("dpo-1", "stopped", OVER), []),
        ([TAKEN, ended("stopped", "dpo-1")], EndAccess("trainer-1", "given_back", SOON), []),
        ([TAKEN], review("justified"), [reviewed("justified")]),
        ([TAKEN], review("justified", incident=True), [reviewed("justified")]),
        ([TAKEN, reviewed("justified")], review("justified"), []),
        ([TAKEN], review("unjustified"), [reviewed("unjustified")]),
        (
            [TAKEN],
            review("unjustified", incident=True),
            [reviewed("unjustified", suspicion=SUSPICION)],
        ),
        (
            [TAKEN],
            review("unjustified", SOON),
            [ended("stopped", "dpo-1"), reviewed("unjustified", SOON)],
        ),
        ([TAKEN], FollowReview(DUE - timedelta(seconds=1), DAY), []),
        ([TAKEN], FollowReview(DUE, DAY), [reminded(DUE)]),
        ([TAKEN, reminded(DUE)], FollowReview(DUE + timedelta(hours=23), DAY), []),
        ([TAKEN, reminded(DUE)], FollowReview(DUE + DAY, DAY), [reminded(DUE + DAY)]),
        ([TAKEN, reviewed("justified")], FollowReview(DUE, DAY), []),
    ],
)
def test_what_is_asked_leads_to(
    given: list[BreakGlassEvent], when: BreakGlassCommand, then: list[BreakGlassEvent]
) -> None:
    assert list(decide(when, reduce(evolve, given, NO_ACCESS))) == then


@pytest.mark.promise("C4.2")
@pytest.mark.parametrize(
    ("given", "when", "refusal"),
    [
        ([], EndAccess("dpo-1", "stopped", SOON), AccessNotFoundError),
        ([], review("justified"), AccessNotFoundError),
        ([], FollowReview(DUE, DAY), AccessNotFoundError),
        ([TAKEN], EndAccess("trainer-2", "given_back", SOON), AccessNotFoundError),
        ([TAKEN], review("justified", by="trainer-1"), OwnAccessError),
        ([TAKEN], review("unjustified", by="trainer-1"), OwnAccessError),
        ([TAKEN], review("justified", SOON), AccessRunningError),
        ([TAKEN, reviewed("justified")], review("unjustified"), AccessReviewedError),
        (
            [TAKEN, reviewed("unjustified")],
            review("unjustified", incident=True),
            AccessReviewedError,
        ),
    ],
)
def test_what_is_refused(
    given: list[BreakGlassEvent], when: BreakGlassCommand, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        decide(when, reduce(evolve, given, NO_ACCESS))


@pytest.mark.promise("C4.2")
def test_an_access_opens_until_its_time_to_the_second(tmp_path: Path) -> None:
    clock = VirtualClock(tmp_path / "clock", start=AT)
    (taken,) = decide(TAKE, NO_ACCESS)
    state = evolve(NO_ACCESS, taken)
    assert state.is_open(clock.now())
    clock.move_to(AT + HALF_AN_HOUR - timedelta(seconds=1))
    assert state.is_open(clock.now())
    clock.move_to(AT + HALF_AN_HOUR)
    assert not state.is_open(clock.now())
    assert not BreakGlass().is_open(clock.now())


def test_however_it_is_configured_it_is_short() -> None:
    week = TakeAccess("a", ADA, "t", "trainer", REASON, OPENED, AT, timedelta(days=7))
    (taken,) = decide(week, NO_ACCESS)
    assert isinstance(taken, AccessTaken)
    assert taken.until == AT + LONGEST
