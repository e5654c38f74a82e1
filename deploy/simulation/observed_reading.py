"""A reading of a life that outlives facts, and tells which scopes a fact concerns."""

from collections.abc import Callable, Hashable, Iterable
from typing import Any, TypeVar

from deploy.simulation.observed_life import LATEST, Fact, ObservedLife
from services.retention.domain.clocks.reading import Overlay, Reading
from services.retention.domain.life.life import Scope
from services.retention.domain.ruleset.model import RuleSet, Timing

T = TypeVar("T")


class ObservedReading(Reading):
    """Findings with the facts that they came from and the scopes whose clocks came from them.

    What moves on can only postpone most timings. Such a finding is kept, an instant before which
    the truth is not, until somebody looks again.
    """

    def __init__(self, rules: RuleSet, life: ObservedLife) -> None:
        super().__init__(rules, life)
        self.scope: Scope | None = None
        """What is read for."""
        self._read = life.read
        self._from: dict[Fact, set[Hashable]] = {}
        """Findings, or scopes, by the facts that they came from."""
        self._postponed_by: dict[Fact, set[Hashable]] = {}
        """Findings by the facts that only postpone them."""
        self._behind: set[Hashable] = set()
        """Findings that were postponed since they were made."""
        self._concern: dict[Hashable, set[Scope]] = {}
        """Scopes by the findings that their ends came from."""

    def overlay(self, scope: Scope) -> Overlay:
        """Return what holds, cases and destroyed keys say about `scope`."""
        self._read.clear()
        found = super().overlay(scope)
        self._note(scope, self._from)
        return found

    def concerned(self, changed: Iterable[Fact]) -> set[Scope]:
        """Forget what came from facts that have `changed`; return the scopes that it concerns."""
        scopes: set[Scope] = set()
        for fact in changed:
            if isinstance(fact, Scope):
                scopes.add(fact)
            if fact in self._postponed_by:
                self._behind |= self._postponed_by[fact]
            for name in self._from.pop(fact, ()):
                self._forget(name, scopes)
        return scopes

    def postponed(self, asking: Iterable[Scope]) -> set[Scope]:
        """Forget what may have been postponed for `asking`; return the scopes that it concerns."""
        scopes: set[Scope] = set()
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
            self._concern.setdefault(name, set()).add(self.scope)
        if name in self._found:
            known: T = self._found[name]
            return known
        self._read.clear()
        found = self._found[name] = find(*of)
        only_postponed = isinstance(of[0], Timing) and of[0].only_postponed
        self._note(name, self._postponed_by if only_postponed else self._from)
        return found

    def _note(self, name: Hashable, moved: dict[Fact, set[Hashable]]) -> None:
        """Remember that `name` came from what was read; in `moved` what facts that move on do."""
        for fact in self._read:
            moves = fact.__class__ is tuple and fact[0] == LATEST
            (moved if moves else self._from).setdefault(fact, set()).add(name)
