"""Rules x life -> clocks. Pure and independent of the present instant."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from operator import itemgetter
from typing import NamedTuple

from services.retention.domain.calendar import add_term
from services.retention.domain.clocks.anchors import CALENDAR_ANCHORS, Lack, anchored
from services.retention.domain.clocks.clock import UNCOVERED, Clock
from services.retention.domain.clocks.conditions import CONDITIONS
from services.retention.domain.life.life import Life, Scope
from services.retention.domain.ruleset.model import Moment, Rule, RuleSet
from shared.personal import Category

FLEETING = frozenset({Category.MAIL_CONTENT, Category.TECHNICAL_TRACES})
"""Categories so numerous that their finished clocks are not kept in sight."""


def clocks_of(rules: RuleSet, life: Life) -> list[Clock]:
    """Return every clock over what is held of `life`, in the order of the rules."""
    clocks: list[Clock] = []
    for scope, since in sorted(life.held.items()):
        if scope not in life.gone or scope.category not in FLEETING:
            clocks.extend(clocks_over(rules, life, scope, since))
    return clocks


def clocks_over(rules: RuleSet, life: Life, scope: Scope, since: datetime) -> list[Clock]:
    """Return the clocks over `scope` of `life`, held since `since`, in the order of the rules."""
    clocks = [
        _clock(rule, life, scope, since)
        for rule in rules.covering(scope.category)
        if CONDITIONS[rule.when](life, scope.object)
    ]
    return clocks or [_overlaid(_uncovered(life, scope, since), life, scope)]


def deciding(clocks: Sequence[Clock]) -> dict[Scope, Clock]:
    """Return, for every scope that will go, the clock that lets it go first."""
    first: dict[Scope, Clock] = {}
    for clock in clocks:
        if clock.acts_at is None:
            continue
        scope = Scope(clock.category, clock.object)
        known = first.get(scope)
        if known is None or known.acts_at is None or clock.acts_at < known.acts_at:
            first[scope] = clock
    # A legal minimum binds every rule over the same scope.
    for clock in clocks:
        scope = Scope(clock.category, clock.object)
        winner = first.get(scope)
        if winner is not None and clock.earliest is not None and winner.due is not None:
            first[scope] = replace(winner, due=max(winner.due, clock.earliest))
    return first


class Resolved(NamedTuple):
    """When a moment is, and the anchor that its term runs from; or why it has no date."""

    at: datetime | Lack
    anchor: datetime | Lack
    moment: Moment


class Dated(NamedTuple):
    """A moment that has a date."""

    at: datetime
    anchor: datetime
    moment: Moment


def _clock(rule: Rule, life: Life, scope: Scope, since: datetime) -> Clock:
    term = rule.term
    ends, floors, ceilings = (
        [_resolve(moment, life, scope.object) for moment in moments]
        for moments in (term.ends, term.not_before, term.not_after)
    )
    wrong = any(one.at is Lack.CONTRADICTORY for one in (*ends, *floors, *ceilings))
    lacking = wrong or any(end.at is Lack.MISSING for end in ends)
    known = _dates(ends)
    due = anchor = earliest = decisive = None
    if known and not wrong:
        due, anchor, decisive = _decisive(known, _dates(floors), _dates(ceilings))
        if rule.legal_minimum is not None:
            earliest = add_term(anchor, rule.legal_minimum)
            due = max(due, earliest)
    clock = Clock(
        subject=life.subject,
        rule_id=rule.id,
        category=scope.category,
        object=scope.object,
        held_since=since,
        then=rule.then,
        anchor=anchor,
        anchor_name=decisive.anchor if decisive else None,
        due=due,
        earliest=earliest,
        archive_from=_archive_from(rule, life, scope.object),
        notice_at=due - _days(rule) if due and rule.notice else None,
        alarm=lacking or (not known and not any(end.at is Lack.WAITING for end in ends)),
        anchor_in_future=decisive is not None and decisive.anchor in CALENDAR_ANCHORS,
    )
    return _overlaid(clock, life, scope)


def _dates(moments: Sequence[Resolved]) -> list[Dated]:
    return [
        Dated(one.at, one.anchor, one.moment)
        for one in moments
        if isinstance(one.at, datetime) and isinstance(one.anchor, datetime)
    ]


def _decisive(ends: Sequence[Dated], floors: Sequence[Dated], ceilings: Sequence[Dated]) -> Dated:
    """Return the earliest end, moved within its bounds; the ceilings have the last word."""
    decisive = min(ends, key=itemgetter(0))
    for floor in floors:
        if floor.at > decisive.at:
            decisive = floor
    for ceiling in ceilings:
        if ceiling.at < decisive.at:
            decisive = ceiling
    return decisive


def _overlaid(clock: Clock, life: Life, scope: Scope) -> Clock:
    """Return `clock` with what holds, cases and destroyed keys say about it."""
    gone = life.gone_at(scope)
    case = life.ordered.get(scope)
    if case is not None and gone is None and f"case/{case}/certified" in life.first:
        # The case was closed without this scope: a hold came in between.
        case = None
    holds = [
        hold.expires_at
        for hold in life.holds.values()
        if hold.lifted_at is None and hold.covers(scope)
    ]
    if case is None and gone is None and not holds:
        return clock
    return replace(
        clock,
        case_id=case,
        gone_at=gone,
        destroy_at=life.destroy_at(scope),
        destroyed_at=life.gone.get(scope),
        hold_until=max(holds, default=None),
    )


def _uncovered(life: Life, scope: Scope, since: datetime) -> Clock:
    return Clock(
        subject=life.subject,
        rule_id=UNCOVERED,
        category=scope.category,
        object=scope.object,
        held_since=since,
        then="deleted",
        alarm=True,
    )


def _archive_from(rule: Rule, life: Life, thing: str) -> datetime | None:
    starts = [_resolve(moment, life, thing).at for moment in rule.archive]
    return min((at for at in starts if isinstance(at, datetime)), default=None)


def _resolve(moment: Moment, life: Life, thing: str) -> Resolved:
    anchor = anchored(moment.anchor, life, thing)
    at = add_term(anchor, moment.after) if isinstance(anchor, datetime) else anchor
    return Resolved(at, anchor, moment)


def _days(rule: Rule) -> timedelta:
    return timedelta(days=rule.notice.as_days() if rule.notice else 0)
