"""How long to wait between attempts: delays that grow, and never a lock (ASVS 6.1.1, 6.3.1)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

NOTHING: Final = timedelta(0)


@dataclass(frozen=True, slots=True)
class Budget:
    """What one key may try: some attempts at once, then each after a delay that doubles."""

    free: int
    """Attempts without a delay."""
    first_delay: timedelta
    longest_delay: timedelta
    """No delay is longer: whoever attacks an account slows its owner down by this at most."""
    memory: timedelta
    """How long after the last attempt everything is forgotten; the clock of the row."""


@dataclass(frozen=True, slots=True)
class Attempts:
    """What is remembered of one key."""

    count: int
    last: datetime


def wait(attempts: Attempts | None, budget: Budget, now: datetime) -> timedelta:
    """Return how long the next attempt has to wait; zero when it may be made now."""
    known = remembered(attempts, budget, now)
    if known is None:
        return NOTHING
    due = delay(known.count, budget)
    # A free attempt never waits, though another replica's clock may be ahead of this one's.
    return max(NOTHING, known.last + due - now) if due else NOTHING


def delay(count: int, budget: Budget) -> timedelta:
    """Return the delay after `count` attempts: none, then growing by two, up to the longest."""
    if count < budget.free:
        return NOTHING
    # The exponent is bounded, so that years of attempts do not overflow.
    doubled = budget.first_delay * (1 << min(count - budget.free, 32))
    return min(doubled, budget.longest_delay)


def after(attempts: Attempts | None, budget: Budget, now: datetime) -> Attempts:
    """Return what is remembered once one more attempt is made at `now`."""
    known = remembered(attempts, budget, now)
    return Attempts(1, now) if known is None else Attempts(known.count + 1, max(known.last, now))


def given_back(attempts: Attempts) -> Attempts | None:
    """Return what is remembered once the last attempt turned out to be rightful."""
    return Attempts(attempts.count - 1, attempts.last) if attempts.count > 1 else None


def remembered(attempts: Attempts | None, budget: Budget, now: datetime) -> Attempts | None:
    """Return `attempts`, unless they are long enough ago."""
    if attempts is None or now >= attempts.last + budget.memory:
        return None
    return attempts
