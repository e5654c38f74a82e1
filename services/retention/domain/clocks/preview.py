"""What the rules will do until an instant, before they do it."""

from dataclasses import dataclass
from datetime import datetime

from services.retention.domain.clocks.clock import Clock, ClockState
from services.retention.domain.clocks.compute import clocks_of, deciding
from services.retention.domain.life.life import Life
from services.retention.domain.ruleset.model import RuleSet


@dataclass(frozen=True, slots=True)
class Departure:
    """One scope that will go, and the clock that lets it go."""

    clock: Clock
    acts_at: datetime


def preview(rules: RuleSet, life: Life, until: datetime) -> list[Departure]:
    """Return what goes of `life` until `until` (included) if nothing more happens.

    The sweep reads the same clocks through the same functions, so that it does what this says.
    """
    departures = []
    for clock in deciding(clocks_of(rules, life)).values():
        acts_at = clock.acts_at
        if acts_at is not None and acts_at <= until and clock.state(until) is ClockState.DUE:
            departures.append(Departure(clock, acts_at))
    return sorted(departures, key=lambda d: (d.acts_at, d.clock.key))
