"""What the learner's own request erases at once, what stays, and why (C8.4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.retention.domain.clocks.clock import Clock, ClockState
from services.retention.domain.clocks.compute import clocks_of
from services.retention.domain.life.life import Life, Scope
from services.retention.domain.ruleset.model import RuleSet

Ground = Literal["legal_obligation", "hold", "ordered"]


@dataclass(frozen=True, slots=True)
class Staying:
    """A scope that a request does not erase."""

    clock: Clock
    ground: Ground
    until: datetime | None


@dataclass(frozen=True, slots=True)
class RequestPlan:
    """The two halves of a request."""

    goes: tuple[Scope, ...]
    stays: tuple[Staying, ...]


def plan_request(rules: RuleSet, life: Life, now: datetime) -> RequestPlan:
    """Return what a request at `now` erases and what it leaves."""
    by_scope: dict[Scope, list[Clock]] = {}
    for clock in clocks_of(rules, life):
        by_scope.setdefault(Scope(clock.category, clock.object), []).append(clock)
    goes: list[Scope] = []
    stays: list[Staying] = []
    for scope in life.live():
        staying = _staying(rules, by_scope.get(scope, []), now)
        if staying is None:
            goes.append(scope)
        else:
            stays.append(staying)
    return RequestPlan(tuple(goes), tuple(stays))


def holds_over(life: Life, scope: Scope, now: datetime) -> Mapping[str, datetime]:
    """Return the holds that keep `scope` at `now`, with their expiry."""
    return {
        hold.hold_id: hold.expires_at
        for hold in life.holds.values()
        if hold.covers(scope) and hold.is_active(now)
    }


def _staying(rules: RuleSet, clocks: list[Clock], now: datetime) -> Staying | None:
    for clock in clocks:
        rule = rules.rule(clock.rule_id)
        # Even where the anchor is missing, the law's minimum may not be broken.
        reached = clock.earliest is not None and clock.earliest <= now
        if rule is not None and rule.legal_minimum is not None and not reached:
            return Staying(clock, "legal_obligation", clock.acts_at)
    for clock in clocks:
        state = clock.state(now)
        if state is ClockState.HELD:
            return Staying(clock, "hold", clock.hold_until)
        if state is ClockState.ORDERED:
            return Staying(clock, "ordered", None)
    return None
