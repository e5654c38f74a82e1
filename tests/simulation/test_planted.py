"""Each invariant can fail: a bug that is planted in the product is found from a seed."""

import pytest

from tests.simulation.planted import PLANTED
from tests.simulation.run import Plan, run


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_bug_is_found(name: str) -> None:
    plant = PLANTED[name]
    with plant.plant():
        outcome = run(Plan(plant.seed, rate=plant.rate, most=plant.most))
    assert outcome.violation is not None, f"{outcome.faults.total} faults, {outcome.years} years"
    assert outcome.violation.split(":")[0] in plant.told_by, outcome.violation
