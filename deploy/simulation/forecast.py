"""Running invented lives through the product's own clocks, from one event to the next."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from deploy.simulation.clockwork import Clockwork
from deploy.simulation.lives import BEGIN, InventedLife
from services.retention.domain.clocks.agenda import alarms
from services.retention.domain.clocks.clock import Clock
from services.retention.domain.clocks.objects import ACCOUNT
from services.retention.domain.life.fold import Happened
from services.retention.domain.ruleset.model import RuleSet
from shared.events.base import SubjectId
from shared.events.retention import KeyDestroyed

SWEEP: Final = timedelta(hours=1)


@dataclass(slots=True)
class Forecast:
    """What a rule set would do."""

    persons: int = 0
    volume: Counter[tuple[str, int]] = field(default_factory=Counter)
    """Objects held at the end of each year, by category and year."""
    deletions: Counter[str] = field(default_factory=Counter)
    """Objects that go, by month `YYYY-MM`."""
    by_rule: Counter[str] = field(default_factory=Counter)
    """Objects that go, by rule."""
    per_sweep: Counter[datetime] = field(default_factory=Counter)
    """Objects that go, by sweep."""
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
        at, count = max(self.per_sweep.items(), key=lambda one: (one[1], -one[0].timestamp()))
        return at, count

    def load(self, share: float) -> int:
        """Return how many objects go at most in `share` of the sweeps that have something to do."""
        loads = sorted(self.per_sweep.values())
        return loads[min(len(loads) - 1, int(share * len(loads)))] if loads else 0

    def add(self, other: "Forecast") -> None:
        """Add what the same rule set would do to other persons."""
        self.persons += other.persons
        self.volume.update(other.volume)
        self.deletions.update(other.deletions)
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


def _run(rules: RuleSet, invented: InventedLife, end: datetime, result: Forecast) -> None:
    clockwork = Clockwork(rules, invented.subject)
    life = clockwork.life
    for happened in invented.happened:
        if happened.at >= end:
            break
        _forget_until(clockwork, happened.at, result)
        if any(scope.category in ACCOUNT for scope in life.gone):
            break  # Whoever has no account any more does nothing more.
        clockwork.take(happened)
    _forget_until(clockwork, end, result)
    result.persons += 1
    result.alarms += len(alarms(life, clockwork.clocks(), end))
    for scope, since in life.held.items():
        gone = life.gone.get(scope)
        last = end.year if gone is None else gone.year
        for year in range(since.year, last):
            result.volume[scope.category, year] += 1


def _forget_until(clockwork: Clockwork, until: datetime, result: Forecast) -> None:
    """Sweep at every instant at which something goes, up to `until`."""
    while (soonest := clockwork.soonest()) is not None and (sweep := _sweep_at(soonest)) < until:
        for clock in clockwork.due(sweep):
            _forget(clockwork, clock, sweep)
            result.deletions[f"{sweep:%Y-%m}"] += 1
            result.by_rule[clock.rule_id] += 1
            result.per_sweep[sweep] += 1


def _forget(clockwork: Clockwork, clock: Clock, at: datetime) -> None:
    gone = KeyDestroyed(
        case_id="simulated",
        subject_id=SubjectId(clock.subject),
        category=clock.category,
        object=clock.object,
    )
    clockwork.take(Happened(gone, at))


def _sweep_at(due: datetime) -> datetime:
    """Return the first sweep at or after `due`."""
    return BEGIN + -(-(due - BEGIN) // SWEEP) * SWEEP
