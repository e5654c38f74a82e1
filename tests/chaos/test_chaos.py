"""In every run of the tests: a fault in every place breaks no rule, each planted bug is found."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from tests.chaos.checker import Rule
from tests.chaos.faults import EVERY_PLACE
from tests.chaos.processes import STOPS_WITHIN_SECONDS
from tests.chaos.services.planted import Bug
from tests.chaos.system import ROOT

BROKEN_BY: Final = {
    Bug.RELAY_MARKS_FIRST: Rule.STORED_IS_PUBLISHED,
    Bug.REACTION_WITHOUT_COMMAND_ID: Rule.EFFECT_ONCE,
    Bug.COMMAND_WITHOUT_KEY: Rule.STORED_ONCE,
    Bug.ANSWER_BEFORE_STORING: Rule.ACKNOWLEDGED_IS_STORED,
}
"""For each planted bug the rule that it breaks."""


@dataclass(frozen=True)
class Hunt:
    """A run that brings bugs to light which do not hide each other."""

    bugs: tuple[Bug, ...]
    kills: int
    targets: tuple[str, ...]
    """Whom to kill, in turn."""
    in_flight: int
    """How many are down at the same time."""


HUNTS: Final = (
    Hunt(
        (Bug.RELAY_MARKS_FIRST, Bug.ANSWER_BEFORE_STORING),
        kills=6,
        targets=("accounts-relay", "accounts-1", "accounts-2"),
        in_flight=6,
    ),
    # Somebody has to answer meanwhile, for commands to be repeated.
    Hunt(
        (Bug.REACTION_WITHOUT_COMMAND_ID, Bug.COMMAND_WITHOUT_KEY),
        kills=3,
        targets=("accounts-relay", "accounts-1"),
        in_flight=1,
    ),
)


def _chaos(report: Path, arguments: Sequence[str]) -> tuple[int, dict[str, Any]]:
    """Run the suite in a process of its own; what it tells is shown when the test fails."""
    command = [sys.executable, "-m", "tests.chaos", "--report", str(report), *arguments]
    run = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    print(run.stdout)  # noqa: T201 - the seed above all
    found: dict[str, Any] = json.loads(report.read_text())
    return run.returncode, found


@pytest.mark.timeout(900)
def test_a_fault_in_every_place_breaks_no_rule(tmp_path: Path) -> None:
    code, found = _chaos(tmp_path / "report.json", ["--faults", str(len(EVERY_PLACE))])
    assert found["broken"] == []
    assert code == 0


@pytest.mark.timeout(600)
def test_replicas_come_and_go_and_are_replaced_under_load_without_a_trace(tmp_path: Path) -> None:
    code, found = _chaos(tmp_path / "report.json", ["--rolling"])
    assert found["broken"] == []
    assert code == 0
    assert found["figures"]["longest stop"] < STOPS_WITHIN_SECONDS


@pytest.mark.timeout(600)
@pytest.mark.parametrize("hunt", HUNTS, ids=lambda hunt: "+".join(hunt.bugs))
def test_planted_bugs_are_found(hunt: Hunt, tmp_path: Path) -> None:
    arguments = ["--kind", "KILL", "--faults", str(hunt.kills), "--in-flight", str(hunt.in_flight)]
    arguments += [part for bug in hunt.bugs for part in ("--bug", bug)]
    arguments += [part for target in hunt.targets for part in ("--target", target)]
    code, found = _chaos(tmp_path / "report.json", arguments)
    assert {BROKEN_BY[bug].name for bug in hunt.bugs} <= set(found["broken"])
    assert code == 1


def test_every_planted_bug_is_looked_for() -> None:
    assert sorted(bug for hunt in HUNTS for bug in hunt.bugs) == sorted(Bug)
    assert set(BROKEN_BY) == set(Bug)
