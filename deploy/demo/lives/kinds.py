"""The kinds of lives: what somebody of each kind does, from the first contact to the last."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

from dateutil.relativedelta import relativedelta

from deploy.demo.lives import actions as a
from deploy.demo.lives.plan import Plan
from shared.personal import Category

Kind = Callable[[Plan, int], int | None]

NOTICE: Final = timedelta(days=30)
MINOR_AGE: Final = 16
DISPUTED: Final = (Category.CIVIL_IDENTITY, Category.LEARNING_HISTORY, Category.SUPPORT)


def trial(plan: Plan, start: int) -> None:
    """Look around, describe oneself perhaps, and leave."""
    _join(plan, start)
    place: int | None = start
    for _ in range(plan.rng.randrange(2)):
        place = plan.later(place or start, plan.rng.randrange(10, 60))
        if place is None:
            return
        plan.visit(place)


def course(plan: Plan, start: int) -> int:
    """Take half a module, pay it, and leave; return the last session day."""
    _join(plan, start)
    return _study(plan, start, certified=False)


def certified(plan: Plan, start: int) -> int:
    """Take one or two modules through to certification, and leave; return the last day."""
    _join(plan, start)
    last = start
    for _ in range(plan.rng.randrange(1, 3)):
        following = plan.later(last, plan.rng.randrange(14, 200)) if last != start else start
        if following is None:
            break
        last = _study(plan, following, certified=True)
    return last


def faithful(plan: Plan, start: int) -> None:
    """Stay for years: a module every other year, a visit in between."""
    _join(plan, start, a.Decide("newsletter", "granted"))
    place: int | None = start
    while place is not None:
        place = plan.later(_study(plan, place, certified=True), plan.rng.randrange(200, 400))
        if place is not None:
            plan.visit(place)
            place = plan.later(place, plan.rng.randrange(300, 500))


def returner(plan: Plan, start: int) -> None:
    """Leave, be told that data will go, and come back for another course."""
    last = course(plan, start)
    due = plan.at(last) + relativedelta(years=3)
    back = plan.within(due - NOTICE + timedelta(days=1), due - timedelta(days=1))
    if back is not None:
        _study(plan, back, certified=plan.rng.random() < 0.5)  # noqa: PLR2004 - one in two


def eraser(plan: Plan, start: int) -> None:
    """Learn, then ask for erasure: what the law requires stays, the rest goes at once."""
    last = certified(plan, start) if plan.rng.random() < 0.5 else course(plan, start)  # noqa: PLR2004
    end = plan.later(last, plan.rng.randrange(15, 500))
    if end is not None:
        plan.visit(end)
        plan.do(end, a.RequestErasure(), phase=1)


def closer(plan: Plan, start: int) -> None:
    """Consent to messages, take a course, withdraw, and close the account."""
    _join(plan, start, a.Decide("newsletter", "granted"))
    last = _study(plan, start, certified=False)
    end = plan.later(last, plan.rng.randrange(15, 300))
    if end is not None:
        plan.visit(end, a.Decide("newsletter", "withdrawn"), a.CloseAccount())


def withdrawer(plan: Plan, start: int) -> None:
    """Consent to messages, then withdraw: through the link of one, or in the portal."""
    _join(plan, start, a.Decide("newsletter", "granted"), a.Decide("events", "granted"))
    last = _study(plan, start, certified=plan.rng.random() < 0.5)  # noqa: PLR2004
    end = plan.later(last, plan.rng.randrange(100, 400))
    if end is not None:
        plan.do(end, a.Unsubscribe())
        plan.visit(end, a.Decide("events", "withdrawn"))


def objector(plan: Plan, start: int) -> None:
    """Object to suggestions; some lift the objection later."""
    last = course(plan, start)
    plan.visit(last, a.ObjectToSuggestions(objects=True), phase=4)
    later = plan.later(last, plan.rng.randrange(30, 200))
    if later is not None and plan.rng.random() < 0.5:  # noqa: PLR2004
        plan.visit(later, a.ObjectToSuggestions(objects=False))


def litigant(plan: Plan, start: int) -> None:
    """Leave while a dispute begins: a hold stops what would go, until it is lifted."""
    _join(plan, start)
    last = _study(plan, start, certified=True)
    label = plan.label("hold")
    due = plan.at(last) + relativedelta(years=3)
    placed = plan.not_before(due - timedelta(days=plan.rng.randrange(60, 200)))
    if placed is None:
        return
    expires = due + relativedelta(years=4)
    plan.do(placed, a.PlaceHold(label, DISPUTED, expires))
    lifted = plan.not_before(due + timedelta(days=plan.rng.randrange(90, 500)))
    if lifted is not None:
        plan.do(lifted, a.LiftHold(label))


def minor_agreed(plan: Plan, start: int) -> None:
    """Be under age, with a guardian who agrees; take a course."""
    plan.register(start, age=MINOR_AGE, guardian=True)
    plan.do(start, a.GuardianAgrees(), phase=1)
    plan.do(start, a.Confirm(), phase=2)
    plan.visit(start, phase=2)
    following = plan.later(start, plan.rng.randrange(10, 45))
    if following is not None:
        _study(plan, following, certified=False)


def minor_alone(plan: Plan, start: int) -> None:
    """Be under age, with a guardian who never answers."""
    plan.register(start, age=MINOR_AGE, guardian=True)


def unconfirmed(plan: Plan, start: int) -> None:
    """Ask for an account and never follow the link."""
    plan.register(start)


def prospect(plan: Plan, start: int) -> None:
    """Write once through the contact form; some write again."""
    plan.contact(start)
    again = plan.later(start, plan.rng.randrange(20, 700))
    if again is not None and plan.rng.random() < 0.3:  # noqa: PLR2004 - three in ten
        plan.contact(again)


def converted(plan: Plan, start: int) -> None:
    """Write through the contact form, register with the same address, take a course."""
    plan.contact(start, joins=True)
    joined = plan.later(start, plan.rng.randrange(10, 120))
    if joined is not None:
        course(plan, joined)


KINDS: Final[Mapping[str, Kind]] = {
    kind.__name__: kind
    for kind in (
        *(trial, course, certified, faithful, returner, eraser, closer, withdrawer, objector),
        *(litigant, minor_agreed, minor_alone, unconfirmed, prospect, converted),
    )
}


def _join(plan: Plan, start: int, *decisions: a.Action) -> None:
    plan.register(start)
    extra = [plan.profile()] if plan.rng.random() < 0.6 else []  # noqa: PLR2004 - three in five
    plan.confirm(start, *extra, *decisions)


def _study(plan: Plan, start: int, *, certified: bool) -> int:
    """Plan one module from `start` on and return the last session day."""
    label, enrol, pay = plan.enrol(plan.rng.randrange(100))
    plan.visit(start, enrol, pay, phase=2)
    if plan.rng.random() < 0.15:  # noqa: PLR2004 - some correct their name
        plan.visit(start, plan.rectify(), phase=2)
    place, visits = start, plan.rng.randrange(1, 3)
    for number in range(visits):
        following = plan.later(place, plan.rng.randrange(10, 45))
        if following is None:
            return place
        place = following
        ends = certified and number == visits - 1
        plan.visit(place, plan.answer(label, 4 if ends else 1, last=ends), phase=2)
    if certified:
        refused = plan.rng.random() < 0.15  # noqa: PLR2004 - some are not there yet
        plan.do(place, plan.certify(label, "refused" if refused else "granted"), phase=3)
    if plan.rng.random() < 0.3:  # noqa: PLR2004 - three in ten ask for help
        plan.support(place, plan.rng.randrange(1, 60), reopened=plan.rng.random() < 0.3)  # noqa: PLR2004
    if plan.rng.random() < 0.3:  # noqa: PLR2004 - three in ten have a live session
        plan.record(place, keeps=plan.rng.random() < 0.4)  # noqa: PLR2004
    return place
