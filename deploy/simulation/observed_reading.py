"""A reading of a life that outlives facts, and tells which scopes a fact concerns."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from typing import Any, Final, TypeVar

from deploy.simulation.observed_life import ANY, LATEST, ObservedLife
from services.retention.domain.clocks.reading import NOTHING, Overlay, Reading
from services.retention.domain.life.life import Scope
from services.retention.domain.ruleset.model import RuleSet, Timing

T = TypeVar("T")

ANY_HOLD: Final = "holds", ANY


class ObservedReading(Reading):
    """Findings with the facts that they came from and the scopes whose ends came from them.

    What moves on can only postpone most timings. Such a finding is kept, an instant before which
    the truth is not, until somebody looks again.
    """

    def __init__(self, rules: RuleSet, life: ObservedLife) -> None:
        super().__init__(rules, life)
        self.scope: Scope | None = None
        """What is read for."""
        self._notes = life.notes
        # A hold concerns everything; this spares every scope a note of its own.
        self._notes.matters[ANY_HOLD] = set()
        self._behind: set[Hashable] = set()
        """Findings that were postponed since they were made."""
        self._concern: dict[Hashable, set[Scope]] = defaultdict(set)
        """Scopes by the findings that their ends came from."""

    def overlay(self, scope: Scope) -> Overlay:
        """Return what holds, cases and destroyed keys say about `scope`, which is live."""
        life = self.life
        if not (life.holds or life.ordered or life.closings):
            return NOTHING
        self._notes.read.clear()
        found = super().overlay(scope)
        for fact in self._notes.read:
            self._notes.matters[fact].add(scope)
        return found

    def concerned(self) -> set[Scope]:
        """Forget what came from facts that have changed; return the scopes that this concerns."""
        notes = self._notes
        scopes: set[Scope] = set()
        for fact in notes.changed:
            if isinstance(fact, Scope):
                scopes.add(fact)
            elif fact == ANY_HOLD:
                scopes.update(self.life.held)
                continue
            elif fact in notes.only_postpones:
                self._behind |= notes.only_postpones[fact]
            for name in notes.matters.pop(fact, ()):
                self._forget(name, scopes)
        notes.changed.clear()
        return scopes

    def postponed(self, asking: Iterable[Scope]) -> set[Scope]:
        """Forget what may have been postponed for `asking`; return the scopes this concerns."""
        scopes: set[Scope] = set()
        if self._behind:
            asking = set(asking)
            for name in [one for one in self._behind if not asking.isdisjoint(self._concern[one])]:
                self._forget(name, scopes)
        return scopes

    def _forget(self, name: Hashable, scopes: set[Scope]) -> None:
        self._behind.discard(name)
        if name in self._found:
            del self._found[name]
            scopes |= self._concern[name]
        elif isinstance(name, Scope):
            scopes.add(name)

    def _finding(self, name: Hashable, find: Callable[..., T], *of: Any) -> T:
        if self.scope is not None:
            self._concern[name].add(self.scope)
        known: T | None = self._found.get(name)
        if known is not None:
            return known
        notes = self._notes
        notes.read.clear()
        found = self._found[name] = find(*of)
        moved = notes.matters
        if isinstance(of[0], Timing) and of[0].only_postponed:
            moved = notes.only_postpones
        for fact in notes.read:
            moves = fact.__class__ is tuple and fact[0] == LATEST
            (moved if moves else notes.matters)[fact].add(name)
        return found
