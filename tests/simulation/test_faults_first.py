"""The whole system under faults from a seed: the invariants hold after every step."""

import pytest

from tests.simulation.clean import FIRST, require_clean


@pytest.mark.parametrize("seed", FIRST)
def test_no_fault_breaks_an_invariant(seed: int) -> None:
    require_clean(seed)
