"""The build's runs in which nothing may be violated, in halves that two processes share."""

from typing import Final

from tests.simulation.__main__ import replay
from tests.simulation.apart import run_apart
from tests.simulation.run import Plan

FAULTS: Final = 2_550
"""Of each run; then everything calms down, and the years go on to their end."""
RATE: Final = 0.15
"""Share of calls that fail: more than in a long run, since every call costs time."""
FIRST: Final = (3, 4)
SECOND: Final = (5, 6)


def require_clean(seed: int) -> None:
    """Run `seed` until there were enough faults, and to its calm end.

    Raises:
        AssertionError: an invariant does not hold, or there were too few faults.
    """
    plan = Plan(seed, rate=RATE, most=FAULTS)
    outcome = run_apart(plan)
    assert outcome.violation is None, f"{outcome.violation}; again: {replay(plan)}"
    assert outcome.faults >= FAULTS
    assert outcome.certified
