"""What another rule set would change for a life, before anybody adopts it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.retention.domain.clocks.clock import Clock, ClockState
from services.retention.domain.clocks.compute import clocks_of, deciding
from services.retention.domain.life.life import Life, Scope
from services.retention.domain.ruleset.model import RuleSet


class Effect(StrEnum):
    """What would become of an object under the other rules."""

    AT_ONCE = "at_once"
    """It would be due now and is not yet."""
    EARLIER = "earlier"
    LATER = "later"
    NO_LONGER_DATED = "no_longer_dated"
    """It has an end and would have none until something happens."""
    OTHERWISE = "otherwise"
    """It would be deleted instead of anonymised, or the other way round, on the same day."""
    ALARM = "alarm"
    """Nobody could say when it ends: an anchor would be missing."""
    NO_LONGER_ALARM = "no_longer_alarm"


@dataclass(frozen=True, slots=True)
class Changed:
    """One object whose end would not be the same."""

    scope: Scope
    effect: Effect
    before: datetime | None
    after: datetime | None

    @property
    def shift(self) -> timedelta:
        """By how much the end would move; nothing where either is not known."""
        if self.before is None or self.after is None:
            return timedelta()
        return self.after - self.before


def changes_for(life: Life, old: RuleSet, new: RuleSet, now: datetime) -> Iterator[Changed]:
    """Yield each object of `life` whose end `new` would change, as things stand at `now`."""
    clocks_before, clocks_after = clocks_of(old, life), clocks_of(new, life)
    before, after = deciding(clocks_before), deciding(clocks_after)
    alarms_before, alarms_after = _alarms(clocks_before, now), _alarms(clocks_after, now)
    for scope in sorted({*before, *after, *alarms_before, *alarms_after}):
        was, will_be = before.get(scope), after.get(scope)
        alarmed = _alarmed(before=scope in alarms_before, after=scope in alarms_after)
        effect = alarmed or _effect(was, will_be, now)
        if effect is not None:
            yield Changed(
                scope, effect, was.acts_at if was else None, will_be.acts_at if will_be else None
            )


def _alarmed(*, before: bool, after: bool) -> Effect | None:
    if before == after:
        return None
    return Effect.ALARM if after else Effect.NO_LONGER_ALARM


def _effect(was: Clock | None, will_be: Clock | None, now: datetime) -> Effect | None:
    before = was.acts_at if was else None
    after = will_be.acts_at if will_be else None
    if after is None:
        return None if before is None else Effect.NO_LONGER_DATED
    if after <= now and (before is None or before > now):
        return Effect.AT_ONCE
    if before is None or after < before:
        return Effect.EARLIER
    if after > before:
        return Effect.LATER
    same = was is not None and will_be is not None and was.then == will_be.then
    return None if same else Effect.OTHERWISE


def _alarms(clocks: list[Clock], now: datetime) -> set[Scope]:
    return {
        Scope(clock.category, clock.object)
        for clock in clocks
        if clock.state(now) is ClockState.ALARM
    }
