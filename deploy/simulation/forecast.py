"""Running invented lives through the product's own clocks, from one event to the next."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from deploy.simulation.clockwork import Clockwork
from deploy.simulation.lives import BEGIN, InventedLife
from services.retention.domain.clocks.agenda import alarms
from services.retention.domain.clocks.objects import ACCOUNT
from services.retention.domain.life.life import Life
from services.retention.domain.ruleset.model import RuleSet

SWEEP: Final = timedelta(hours=1)


@dataclass(slots=True)
class Forecast:
    """What a rule set would do."""

    persons: int = 0
    volume: Counter[tuple[str, int]] = field(default_factory=Counter)
    """Objects held at the end of each year, by category and year."""
    by_rule: Counter[str] = field(default_factory=Counter)
    """Objects that go, by rule."""
    per_sweep: Counter[int] = field(default_factory=Counter)
    """Objects that go, by sweep; they are counted from the beginning."""
    alarms: int = 0

    @property
    def total(self) -> int:
        """How many objects go."""
        return self.by_rule.total()

    @property
    def peak(self) -> tuple[datetime | None, int]:
        """The busiest sweep, and how many objects go in it."""
        if not self.per_sweep:
            return None, 0
        sweep, count = max(self.per_sweep.items(), key=lambda one: (one[1], -one[0]))
        return instant_of(sweep), count

    def by_month(self) -> Counter[str]:
        """Return how many objects go in each month, `YYYY-MM`."""
        months: Counter[str] = Counter()
        for sweep, count in self.per_sweep.items():
            months[f"{instant_of(sweep):%Y-%m}"] += count
        return months

    def load(self, share: float) -> int:
        """Return how many objects go at most in `share` of the sweeps that have something to do."""
        loads = sorted(self.per_sweep.values())
        return loads[min(len(loads) - 1, int(share * len(loads)))] if loads else 0

    def add(self, other: "Forecast") -> None:
        """Add what the same rule set would do to other persons."""
        self.persons += other.persons
        self.volume.update(other.volume)
        self.by_rule.update(other.by_rule)
        self.per_sweep.update(other.per_sweep)
        self.alarms += other.alarms


def forecast(rules: RuleSet, lives: Iterable[InventedLife], years: int) -> Forecast:
    """Return what `rules` do to `lives` over `years` years from the beginning."""
    result = Forecast()
    end = BEGIN.replace(year=BEGIN.year + years)
    for one in lives:
        _run(rules, one, end, result)
    return result


def instant_of(sweep: int) -> datetime:
    """Return when a sweep is."""
    return BEGIN + sweep * SWEEP


def _run(rules: RuleSet, invented: InventedLife, end: datetime, result: Forecast) -> None:
    clockwork = Clockwork(rules, invented.subject)
    life = clockwork.life
    sweep, sweeps_at = 0, BEGIN
    for happened in invented.happened:
        at = happened.at
        if at >= end:
            break
        if at > sweeps_at:
            # Only here is there a sweep between two facts.
            if _forget_until(clockwork, sweep, at, result) and _has_no_account(life):
                break  # Whoever has no account any more does nothing more.
            sweep = _sweep_from(at)
            sweeps_at = instant_of(sweep)
        clockwork.take(happened)
    _forget_until(clockwork, sweep, end, result)
    result.persons += 1
    result.alarms += len(alarms(life, clockwork.clocks(), end))
    for scope, since in life.held.items():
        gone = life.gone.get(scope)
        last = end.year if gone is None else gone.year
        for year in range(since.year, last):
            result.volume[scope.category, year] += 1


def _forget_until(clockwork: Clockwork, sweep: int, until: datetime, result: Forecast) -> bool:
    """Have what is due go, from `sweep` on and before `until`; return whether anything went."""
    something = False
    while (soonest := clockwork.soonest()) is not None and soonest < until:
        sweep = max(sweep, _sweep_from(soonest))
        at = instant_of(sweep)
        if at >= until:
            break
        for scope, end in clockwork.due(at):
            something = True
            clockwork.forget(scope, at)
            result.by_rule[end.rule_id] += 1
            result.per_sweep[sweep] += 1
    return something


def _has_no_account(life: Life) -> bool:
    return any(scope.category in ACCOUNT for scope in life.gone)


def _sweep_from(at: datetime) -> int:
    """Return the first sweep at or after `at`."""
    return -(-(at - BEGIN) // SWEEP)
