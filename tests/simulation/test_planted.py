"""Each invariant can fail: a bug that is planted in the product is found from a seed."""

import re
from pathlib import Path

import pytest

from tests.simulation.apart import run_planted
from tests.simulation.planted import PLANTED

GUIDE = Path(__file__).parents[2] / "docs" / "simulation.md"


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_bug_is_found(name: str) -> None:
    outcome = run_planted(name)
    assert outcome.violation is not None, f"{outcome.faults} faults, {outcome.years} years"
    assert outcome.violation.split(":")[0] == PLANTED[name].told_by, outcome.violation


def test_a_bug_is_planted_for_every_invariant_of_the_guide() -> None:
    listed = re.findall(r"^\| `(\w+)` \|", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    assert listed
    assert set(listed) == {plant.told_by for plant in PLANTED.values()}
