"""The clocks of one life, worked out again only where a fact has changed that they came from."""

from datetime import datetime

from deploy.simulation.observed_life import LATEST, Fact, ObservedLife
from services.retention.domain.clocks.clock import Clock, ClockState
from services.retention.domain.clocks.compute import clocks_over, deciding
from services.retention.domain.life.fold import Happened, fold
from services.retention.domain.life.life import Scope
from services.retention.domain.ruleset.model import RuleSet


class Clockwork:
    """Keeps the clocks of a life while its facts come in.

    Facts of the kind "happened last" can only postpone an end, so a clock that was read from one is
    looked at again when it would have run out, and not at every sign-in.
    """

    def __init__(self, rules: RuleSet, subject: str) -> None:
        self.life = ObservedLife(subject)
        self._rules = rules
        self._clocks: dict[Scope, list[Clock]] = {}
        self._ends: dict[Scope, Clock] = {}
        """The clock that lets a scope go first, as last worked out."""
        self._acts: dict[Scope, datetime] = {}
        """When that clock acts."""
        self._read: dict[Scope, frozenset[Fact]] = {}
        self._soonest: datetime | None = None

    def take(self, happened: Happened) -> None:
        """Fold a fact and work out again what it concerns."""
        life = self.life
        life.changed.clear()
        fold(life, happened)
        if not life.changed:
            return
        stale = [scope for scope, read in self._read.items() if not read.isdisjoint(life.changed)]
        for name, scope in life.changed:
            if name == "held" and isinstance(scope, Scope) and scope not in self._read:
                stale.append(scope)
        if stale:
            self._work_out(stale)

    def soonest(self) -> datetime | None:
        """Return an instant before which nothing goes; `None` when nothing is in sight."""
        return self._soonest

    def due(self, at: datetime) -> list[Clock]:
        """Return the clocks that have run out at `at`, one for each scope that goes."""
        run_out = [scope for scope, acts_at in self._acts.items() if acts_at <= at]
        if postponed := [scope for scope in run_out if self._may_be_postponed(scope)]:
            self._work_out(postponed)
        return [
            self._ends[scope]
            for scope in sorted(run_out)
            if scope in self._acts
            and self._acts[scope] <= at
            and self._ends[scope].state(at) is ClockState.DUE
        ]

    def clocks(self) -> list[Clock]:
        """Return the clocks over what is held."""
        return [clock for clocks in self._clocks.values() for clock in clocks]

    def _may_be_postponed(self, scope: Scope) -> bool:
        return any(register == LATEST for register, _ in self._read[scope])

    def _work_out(self, scopes: list[Scope]) -> None:
        life = self.life
        for scope in scopes:
            if scope in life.gone:
                for kept in (self._clocks, self._ends, self._acts, self._read):
                    kept.pop(scope, None)
                continue
            life.read.clear()
            clocks = clocks_over(self._rules, life, scope, life.held[scope])
            self._clocks[scope] = clocks
            self._read[scope] = frozenset(life.read)
            first = deciding(clocks).get(scope)
            if first is not None and first.acts_at is not None:
                self._ends[scope], self._acts[scope] = first, first.acts_at
            else:
                self._ends.pop(scope, None)
                self._acts.pop(scope, None)
        self._soonest = min(self._acts.values(), default=None)
