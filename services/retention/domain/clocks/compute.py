"""Rules x life -> clocks. Pure and independent of the present instant."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from services.retention.domain.clocks.clock import UNCOVERED, Clock
from services.retention.domain.clocks.reading import Overlay, Reading
from services.retention.domain.life.life import Life, Scope
from services.retention.domain.ruleset.model import Rule, RuleSet, Timing
from shared.personal import Category

FLEETING = frozenset({Category.MAIL_CONTENT, Category.TECHNICAL_TRACES})
"""Categories so numerous that their finished clocks are not kept in sight."""


class End(NamedTuple):
    """When a scope goes, holds considered, and the rule that lets it go first."""

    acts_at: datetime
    rule_id: str


def clocks_of(rules: RuleSet, life: Life) -> list[Clock]:
    """Return every clock over what is held of `life`, in the order of the rules."""
    reading = Reading(rules, life)
    clocks: list[Clock] = []
    for scope, since in sorted(life.held.items()):
        if scope not in life.gone or scope.category not in FLEETING:
            clocks.extend(clocks_over(reading, scope, since))
    return clocks


def clocks_over(reading: Reading, scope: Scope, since: datetime) -> list[Clock]:
    """Return the clocks over `scope` of a life, held since `since`, in the order of the rules."""
    overlay = reading.overlay(scope)
    return [
        _clock(reading, scope, since, applying, overlay) for applying in reading.applying(scope)
    ] or [
        Clock(
            subject=reading.life.subject,
            rule_id=UNCOVERED,
            category=scope.category,
            object=scope.object,
            held_since=since,
            then="deleted",
            alarm=True,
            **overlay._asdict(),
        )
    ]


def end_of(reading: Reading, scope: Scope) -> End | None:
    """Return the end of `scope`, the same that the deciding one of its clocks has."""
    overlay = reading.overlay(scope)
    if overlay.gone_at is not None or overlay.case_id is not None:
        return None
    thing = scope.object
    applying = reading.applying(scope)
    ends = [reading.timed(timing, thing)[:2] for _, timing in applying]
    found = _first(ends, overlay.hold_until)
    if found is None:
        return None
    place, due = found
    held = overlay.hold_until
    return End(due if held is None else max(due, held), applying[place][0].id)


def deciding(clocks: Iterable[Clock]) -> dict[Scope, Clock]:
    """Return, for every scope that will go, the clock that lets it go first."""
    over: dict[Scope, list[Clock]] = {}
    for clock in clocks:
        over.setdefault(Scope(clock.category, clock.object), []).append(clock)
    first = {}
    for scope, some in over.items():
        one = some[0]
        if one.gone_at is not None or one.case_id is not None:
            continue
        if found := _first(((clock.due, clock.earliest) for clock in some), one.hold_until):
            place, due = found
            clock = some[place]
            first[scope] = clock if clock.due == due else replace(clock, due=due)
    return first


def _clock(
    reading: Reading, scope: Scope, since: datetime, applying: tuple[Rule, Timing], overlay: Overlay
) -> Clock:
    rule, timing = applying
    ends = reading.timed(timing, scope.object)
    due, notice = ends.due, rule.notice
    return Clock(
        subject=reading.life.subject,
        rule_id=rule.id,
        category=scope.category,
        object=scope.object,
        held_since=since,
        then=rule.then,
        anchor=ends.anchor,
        anchor_name=ends.anchor_name,
        due=due,
        earliest=ends.earliest,
        archive_from=reading.archive_from(timing, scope.object),
        notice_at=due - timedelta(days=notice.as_days()) if due and notice else None,
        alarm=ends.alarm,
        anchor_in_future=ends.anchor_in_future,
        case_id=overlay.case_id,
        gone_at=overlay.gone_at,
        destroy_at=overlay.destroy_at,
        destroyed_at=overlay.destroyed_at,
        hold_until=overlay.hold_until,
    )


def _first(
    ends: Iterable[tuple[datetime | None, datetime | None]], hold_until: datetime | None
) -> tuple[int, datetime] | None:
    """Return which of `ends` (due, earliest) lets a scope go first, and when that is due."""
    first, goes_at, due, least = -1, None, None, None
    for place, (ends_at, earliest) in enumerate(ends):
        if ends_at is not None:
            at = ends_at if hold_until is None else max(ends_at, hold_until)
            if goes_at is None or at < goes_at:
                first, goes_at, due = place, at, ends_at
        if earliest is not None and (least is None or earliest > least):
            least = earliest
    if due is None:
        return None
    # A legal minimum binds every rule over the same scope.
    return first, due if least is None else max(due, least)
