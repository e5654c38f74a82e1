"""The ends of one life, worked out again only where a fact has changed that they came from."""

from collections.abc import Iterable
from datetime import datetime

from deploy.simulation.observed_life import ObservedLife
from deploy.simulation.observed_reading import ObservedReading
from services.retention.domain.clocks.clock import Clock
from services.retention.domain.clocks.compute import End, clocks_over, end_of
from services.retention.domain.life.fold import Happened, fold
from services.retention.domain.life.life import Scope
from services.retention.domain.ruleset.model import RuleSet


class Clockwork:
    """Keeps the ends of what is held of a life while its facts come in.

    Nothing is worked out before somebody asks, so facts that come together cost as much as one.
    What only postpones an end is looked at when it would have come, not at every sign-in.
    """

    def __init__(self, rules: RuleSet, subject: str) -> None:
        self.life = ObservedLife(subject)
        self._reading = ObservedReading(rules, self.life)
        self._ends: dict[Scope, End] = {}
        self._soonest: datetime | None = None

    def take(self, happened: Happened) -> None:
        """Fold a fact."""
        fold(self.life, happened)

    def forget(self, scope: Scope, at: datetime) -> None:
        """Have `scope` gone at `at`."""
        self.life.merge_gone(scope, at)

    def soonest(self) -> datetime | None:
        """Return an instant before which nothing goes; `None` when nothing is in sight."""
        self._catch_up()
        return self._soonest

    def due(self, at: datetime) -> list[tuple[Scope, End]]:
        """Return what goes at `at`, in a stable order."""
        self._catch_up()
        self._work_out(self._reading.postponed(self._come(at)))
        return [(scope, self._ends[scope]) for scope in sorted(self._come(at))]

    def clocks(self) -> list[Clock]:
        """Return the clocks over what is held and not gone."""
        self._catch_up()
        held = self.life.held.items()
        live = {scope: since for scope, since in held if self.life.is_live(scope)}
        self._work_out(self._reading.postponed(live))
        over = (clocks_over(self._reading, scope, since) for scope, since in live.items())
        return [clock for clocks in over for clock in clocks]

    def _come(self, at: datetime) -> list[Scope]:
        return [scope for scope, end in self._ends.items() if end.acts_at <= at]

    def _catch_up(self) -> None:
        """Work out again what the facts since the last time concern."""
        if self.life.notes.changed:
            self._work_out(self._reading.concerned())

    def _work_out(self, scopes: Iterable[Scope]) -> None:
        if not scopes:
            return
        life, reading, ends = self.life, self._reading, self._ends
        for scope in scopes:
            reading.scope = scope
            end = end_of(reading, scope) if life.is_live(scope) else None
            if end is not None:
                ends[scope] = end
            else:
                ends.pop(scope, None)
        first = min(ends.values(), default=None)
        self._soonest = None if first is None else first.acts_at
