"""What would become of every object of a life if something happened that has not."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.retention.domain.clocks.clock import Clock
from services.retention.domain.clocks.compute import clocks_of, deciding
from services.retention.domain.life.life import Life, Scope
from services.retention.domain.life.suppose import Supposition, suppose
from services.retention.domain.ruleset.model import RuleSet


@dataclass(frozen=True, slots=True)
class Outlook:
    """One object with the clock that decides as things stand, and the one that would."""

    scope: Scope
    before: Clock
    after: Clock

    @property
    def changed(self) -> bool:
        """Whether its end, or the way of it, would not be the same."""
        return (self.before.acts_at, self.before.rule_id) != (
            self.after.acts_at,
            self.after.rule_id,
        )


def what_if(
    rules: RuleSet, life: Life, suppositions: Sequence[Supposition]
) -> tuple[Life, list[Outlook]]:
    """Return the supposed life, and each object that can still be read, before and after."""
    supposed = suppose(life, suppositions)
    before, after = _by_scope(rules, life), _by_scope(rules, supposed)
    return supposed, [Outlook(scope, before[scope], after[scope]) for scope in life.live()]


def _by_scope(rules: RuleSet, life: Life) -> dict[Scope, Clock]:
    clocks = clocks_of(rules, life)
    first = deciding(clocks)
    for clock in clocks:
        first.setdefault(Scope(clock.category, clock.object), clock)
    return first
