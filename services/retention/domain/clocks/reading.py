"""What rules read of one life: each finding is made once, for however many objects it counts."""

from collections.abc import Callable, Hashable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple, TypeVar

from services.retention.domain.clocks.conditions import CONDITIONS
from services.retention.domain.clocks.timing import Timed, archive_from, timed
from services.retention.domain.life.life import Life, Scope
from services.retention.domain.ruleset.model import Rule, RuleSet, Timing
from shared.personal import WHOLE, Category

T = TypeVar("T")
Applying = Sequence[tuple[Rule, Timing]]
"""Rules with what they say of when, in the order of the rules."""


class Overlay(NamedTuple):
    """What holds, cases and destroyed keys say about a scope."""

    case_id: str | None = None
    gone_at: datetime | None = None
    destroy_at: datetime | None = None
    destroyed_at: datetime | None = None
    hold_until: datetime | None = None


NOTHING: Final = Overlay()


class Reading:
    """A life as the rules read it; good for as long as no fact comes."""

    def __init__(self, rules: RuleSet, life: Life) -> None:
        self.rules = rules
        self.life = life
        self._found: dict[Hashable, Any] = {}

    def applying(self, scope: Scope) -> Applying:
        """Return the rules that apply to `scope`."""
        category, thing = scope
        about = thing if self.rules.looks_at_objects(category) else WHOLE
        return self._finding((category, about), _applying, self.rules, self.life, category, about)

    def timed(self, timing: Timing, thing: str) -> Timed:
        """Return what `timing` comes to for object `thing`."""
        return self._finding((timing, thing), timed, timing, self.life, thing)

    def archive_from(self, timing: Timing, thing: str) -> datetime | None:
        """Return when the intermediate archive of object `thing` starts."""
        return self._finding(("archive", timing, thing), archive_from, timing, self.life, thing)

    def overlay(self, scope: Scope) -> Overlay:
        """Return what holds, cases and destroyed keys say about `scope`."""
        life = self.life
        gone = life.gone_at(scope)
        case = life.ordered.get(scope)
        if case is not None and gone is None and f"case/{case}/certified" in life.first:
            # The case was closed without this scope: a hold came in between.
            case = None
        holds = [
            hold.expires_at
            for hold in life.holds.values()
            if hold.lifted_at is None and hold.covers(scope)
        ]
        if case is None and gone is None and not holds:
            return NOTHING
        return Overlay(
            case, gone, life.destroy_at(scope), life.gone.get(scope), max(holds, default=None)
        )

    def _finding(self, name: Hashable, find: Callable[..., T], *of: Any) -> T:
        if name in self._found:
            known: T = self._found[name]
            return known
        found = self._found[name] = find(*of)
        return found


def _applying(rules: RuleSet, life: Life, category: Category, thing: str) -> Applying:
    return [
        (rule, rules.timing(rule))
        for rule in rules.covering(category)
        if CONDITIONS[rule.when](life, thing)
    ]
