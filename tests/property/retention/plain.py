"""The rules read in the plainest way: nothing is shared or remembered; slow and easy to check."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from dateutil.relativedelta import relativedelta

from deploy.simulation.forecast import SWEEP, Forecast
from deploy.simulation.lives import BEGIN, InventedLife
from services.retention.domain.calendar import PARIS, Term
from services.retention.domain.clocks.agenda import alarms
from services.retention.domain.clocks.anchors import CALENDAR_ANCHORS, Lack, anchored
from services.retention.domain.clocks.clock import UNCOVERED, Clock, ClockState
from services.retention.domain.clocks.compute import FLEETING
from services.retention.domain.clocks.conditions import CONDITIONS
from services.retention.domain.clocks.objects import ACCOUNT
from services.retention.domain.life.fold import fold
from services.retention.domain.life.life import Life, Scope
from services.retention.domain.ruleset.model import Moment, Rule, RuleSet

Dated = tuple[datetime, datetime, Moment]


def add_term(at: datetime, term: Term) -> datetime:
    wall = at.astimezone(PARIS).replace(tzinfo=None)
    wall += relativedelta(years=term.years, months=term.months, days=term.days)
    return max(wall.replace(tzinfo=PARIS, fold=fold).astimezone(UTC) for fold in (0, 1))


def clocks_of(rules: RuleSet, life: Life) -> list[Clock]:
    clocks = []
    for scope in sorted(life.held):
        if scope in life.gone and scope.category in FLEETING:
            continue
        found = [
            _overlaid(_clock(rule, life, scope), life, scope)
            for rule in rules.rules
            if scope.category in rule.categories and CONDITIONS[rule.when](life, scope.object)
        ]
        clocks += found or [_overlaid(_uncovered(life, scope), life, scope)]
    return clocks


def deciding(clocks: list[Clock]) -> dict[Scope, Clock]:
    first: dict[Scope, Clock] = {}
    for clock in clocks:
        scope = Scope(clock.category, clock.object)
        acts_at, known = clock.acts_at, first.get(scope)
        if acts_at is None:
            continue
        if known is None or known.acts_at is None or acts_at < known.acts_at:
            first[scope] = clock
    for clock in clocks:
        winner = first.get(Scope(clock.category, clock.object))
        if winner is not None and winner.due is not None and clock.earliest is not None:
            due = max(winner.due, clock.earliest)
            first[Scope(clock.category, clock.object)] = replace(winner, due=due)
    return first


def forecast(rules: RuleSet, lives: Iterable[InventedLife], end: datetime) -> Forecast:
    """Let a sweep come by every hour from the beginning, with all clocks worked out each time."""
    result = Forecast()
    for invented in lives:
        life = Life(invented.subject)
        sweep = 0
        for one in invented.happened:
            if one.at >= end:
                break
            sweep = _sweep(rules, life, sweep, one.at, result)
            if any(scope.category in ACCOUNT for scope in life.gone):
                break
            fold(life, one)
            sweep = max(sweep, -(-(one.at - BEGIN) // SWEEP))
        _sweep(rules, life, sweep, end, result)
        result.persons += 1
        result.alarms += len(alarms(life, clocks_of(rules, life), end))
        for scope, since in life.held.items():
            last = life.gone.get(scope, end).year
            result.volume.update((scope.category, year) for year in range(since.year, last))
    return result


def _sweep(rules: RuleSet, life: Life, sweep: int, until: datetime, result: Forecast) -> int:
    """Let all go that sweeps from `sweep` on find before `until`; return the last that found."""
    while acting := [c.acts_at for c in deciding(clocks_of(rules, life)).values() if c.acts_at]:
        coming = max(sweep, -(-(min(acting) - BEGIN) // SWEEP))
        now = BEGIN + coming * SWEEP
        if now >= until:
            break
        sweep = coming
        for scope, clock in deciding(clocks_of(rules, life)).items():
            if clock.acts_at and clock.acts_at <= now:
                assert clock.state(now) is ClockState.DUE
                life.merge_gone(scope, now)
                result.by_rule[clock.rule_id] += 1
                result.per_sweep[sweep] += 1
    return sweep


def _clock(rule: Rule, life: Life, scope: Scope) -> Clock:
    def lacks(moments: tuple[Moment, ...]) -> set[Lack]:
        found = {anchored(moment.anchor, life, scope.object) for moment in moments}
        return {one for one in found if isinstance(one, Lack)}

    def dated(moments: tuple[Moment, ...]) -> list[Dated]:
        found = [(anchored(moment.anchor, life, scope.object), moment) for moment in moments]
        return [(add_term(a, m.after), a, m) for a, m in found if isinstance(a, datetime)]

    term = rule.term
    wrong = Lack.CONTRADICTORY in lacks(term.moments())
    waits = Lack.WAITING in lacks(term.ends)
    missing = wrong or Lack.MISSING in lacks(term.ends)
    clock = Clock(
        subject=life.subject,
        rule_id=rule.id,
        category=scope.category,
        object=scope.object,
        held_since=life.held[scope],
        then=rule.then,
        archive_from=min((at for at, _, _ in dated(rule.archive)), default=None),
        alarm=missing or (not dated(term.ends) and not waits),
    )
    if wrong or not dated(term.ends):
        return clock
    decisive = min(dated(term.ends), key=lambda one: one[0])
    for floor in dated(term.not_before):
        decisive = floor if floor[0] > decisive[0] else decisive
    for ceiling in dated(term.not_after):
        decisive = ceiling if ceiling[0] < decisive[0] else decisive
    due, anchor, moment = decisive
    earliest = None
    if rule.legal_minimum is not None:
        earliest = add_term(anchor, rule.legal_minimum)
        due = max(due, earliest)
    return replace(
        clock,
        anchor=anchor,
        anchor_name=moment.anchor,
        due=due,
        earliest=earliest,
        notice_at=due - timedelta(days=rule.notice.as_days()) if rule.notice else None,
        anchor_in_future=moment.anchor in CALENDAR_ANCHORS,
    )


def _uncovered(life: Life, scope: Scope) -> Clock:
    return Clock(
        subject=life.subject,
        rule_id=UNCOVERED,
        category=scope.category,
        object=scope.object,
        held_since=life.held[scope],
        then="deleted",
        alarm=True,
    )


def _overlaid(clock: Clock, life: Life, scope: Scope) -> Clock:
    gone, case = life.gone_at(scope), life.ordered.get(scope)
    if gone is None and f"case/{case}/certified" in life.first:
        case = None
    holds = [
        hold.expires_at
        for hold in life.holds.values()
        if hold.lifted_at is None and hold.covers(scope)
    ]
    return replace(
        clock,
        case_id=case,
        gone_at=gone,
        destroy_at=life.destroy_at(scope),
        destroyed_at=life.gone.get(scope),
        hold_until=max(holds, default=None),
    )
