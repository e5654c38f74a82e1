"""How the tests are divided among the workers of a run, and in which order.

A worker takes one unit after the other: a file, so that what its tests share is made once. Tests
of the whole system are one unit together, since they share it; those of the chaos suite are one
each, since they share nothing and last long. What lasts longest begins first, what needs no
engines comes last, so that the workers end together.
"""

from collections.abc import Iterable
from typing import Final

import pytest
from xdist.scheduler import LoadScopeScheduling

WHOLE_SYSTEM: Final = (
    "tests/e2e/",
    "tests/integration/test_dlq_commands.py",
    "tests/integration/test_rules_try.py",
    "tests/outside/",
)
"""How the ids of the tests begin that share a running system."""
ALONE: Final = ("tests/chaos/",)
"""Folders of which each test is a unit."""
FIRST: Final = (
    "tests/e2e",
    "tests/chaos/test_chaos.py::test_a_fault_in_every_place",
    "tests/integration/interface/test_generated_requests.py",
    "tests/integration/test_up.py",
    "tests/chaos",
    "tests/integration/demo",
    "tests/integration/bench",
    "tests/simulation",
    "tests/property/kernel",
)
"""How the ids of the tests begin that last longest; the others follow as they were collected."""


class Units(LoadScopeScheduling):  # type: ignore[misc]
    """Hands out units one by one."""

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)


def unit_of(test: str) -> str:
    """Return the unit that the test of this id belongs to."""
    if test.startswith(WHOLE_SYSTEM):
        return "system"
    return test if test.startswith(ALONE) else test.partition("::")[0]


def in_order(tests: Iterable[pytest.Item]) -> list[pytest.Item]:
    """Return `tests` in the order in which they are to begin."""
    return sorted(tests, key=lambda test: _turn(test.nodeid))


def require_one_system(tests: Iterable[pytest.Item]) -> None:
    """Check that no unit but one starts the whole system.

    Raises:
        pytest.UsageError: a test would start another one in its worker.
    """
    for test in tests:
        if "system" in getattr(test, "fixturenames", ()) and unit_of(test.nodeid) != "system":
            raise pytest.UsageError(
                f"{test.nodeid} uses the whole system: name its file in WHOLE_SYSTEM of {__file__}"
            )


def _turn(test: str) -> int:
    turns = (turn for turn, beginning in enumerate(FIRST) if test.startswith(beginning))
    return next(turns, len(FIRST))
