"""Running invented lives through the product's own clocks, from one event to the next."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from deploy.simulation.lives import BEGIN, InventedLife
from services.retention.domain.clocks.agenda import agenda
from services.retention.domain.clocks.compute import clocks_of, deciding
from services.retention.domain.clocks.objects import ACCOUNT
from services.retention.domain.life.fold import Happened, fold
from services.retention.domain.life.life import Life, Scope
from services.retention.domain.ruleset.model import RuleSet
from shared.events.base import SubjectId
from shared.events.retention import KeyDestroyed

SWEEP: Final = timedelta(hours=1)


@dataclass(slots=True)
class Forecast:
    """What a rule set would do."""

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


def forecast(rules: RuleSet, lives: Iterable[InventedLife], years: int) -> Forecast:
    """Return what `rules` do to `lives` over `years` years from the beginning."""
    result = Forecast()
    end = BEGIN.replace(year=BEGIN.year + years)
    for one in lives:
        _run(rules, one, end, result)
    return result


def _run(rules: RuleSet, invented: InventedLife, end: datetime, result: Forecast) -> None:
    life = Life(invented.subject)
    for happened in invented.happened:
        if happened.at >= end:
            break
        _forget_until(rules, life, happened.at, result)
        if any(scope.category in ACCOUNT for scope in life.gone):
            break  # Whoever has no account any more does nothing more.
        fold(life, happened)
    _forget_until(rules, life, end, result)
    result.alarms += len(agenda(rules, life, end).alarms)
    for scope, since in life.held.items():
        gone = life.gone.get(scope)
        for year in range(since.year, end.year):
            if gone is None or gone.year > year:
                result.volume[scope.category, year] += 1


def _forget_until(rules: RuleSet, life: Life, until: datetime, result: Forecast) -> None:
    """Sweep at every instant at which something goes, up to `until`."""
    while True:
        first = deciding(clocks_of(rules, life))
        coming = [c.acts_at for c in first.values() if c.acts_at is not None]
        sweep = _sweep_at(min(coming, default=until))
        if sweep >= until:
            return
        for case in agenda(rules, life, sweep).cases:
            for scope in case.scopes:
                _forget(life, scope, sweep)
                result.deletions[f"{sweep:%Y-%m}"] += 1
                result.by_rule[first[scope].rule_id] += 1
                result.per_sweep[sweep] += 1


def _forget(life: Life, scope: Scope, at: datetime) -> None:
    gone = KeyDestroyed(
        case_id="simulated",
        subject_id=SubjectId(life.subject),
        category=scope.category,
        object=scope.object,
    )
    fold(life, Happened(gone, at))


def _sweep_at(due: datetime) -> datetime:
    """Return the first sweep at or after `due`."""
    return BEGIN + -(-(due - BEGIN) // SWEEP) * SWEEP
