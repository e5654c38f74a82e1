"""A seed is a reproduction: the same run, call by call, in whatever interpreter."""

import os
import subprocess
import sys
from typing import Final

FAULTS: Final = 500
PROGRAM: Final = (
    "from tests.simulation.run import Plan, run;"
    f"outcome = run(Plan(3, rate=0.15, most={FAULTS}));"
    "print(outcome.digest, outcome.faults, outcome.violation)"
)


def told(hash_seed: int) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": str(hash_seed)}
    finished = subprocess.run(  # noqa: PLW1510 - the assertion says more
        [sys.executable, "-W", "ignore", "-c", PROGRAM],
        env=environment,
        capture_output=True,
        text=True,
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def test_the_same_seed_runs_the_same_way_in_two_interpreters() -> None:
    first = told(1)
    assert first == told(2)
    assert first.split()[1:] == [str(FAULTS), "None"]
