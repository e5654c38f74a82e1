"""In every run of the tests: fifty faults break no rule, and each planted bug is found."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from tests.chaos.checker import Rule
from tests.chaos.processes import STOPS_WITHIN_SECONDS
from tests.chaos.services.planted import Bug
from tests.chaos.system import ROOT

BETRAYED_BY: Final = {
    Bug.RELAY_MARKS_FIRST: (Rule.STORED_IS_PUBLISHED, 2, ["accounts-relay"]),
    Bug.REACTION_WITHOUT_COMMAND_ID: (Rule.EFFECT_ONCE, 2, ["accounts-relay"]),
    Bug.COMMAND_WITHOUT_KEY: (Rule.STORED_ONCE, 1, ["accounts-1"]),
    Bug.ANSWER_BEFORE_STORING: (Rule.ACKNOWLEDGED_IS_STORED, 4, ["accounts-1", "accounts-2"]),
}
"""For each planted bug the rule that it breaks, and whom to kill how often to bring it to light."""


def _chaos(report: Path, arguments: Sequence[str]) -> tuple[int, dict[str, Any]]:
    """Run the suite in a process of its own; what it tells is shown when the test fails."""
    command = [sys.executable, "-m", "tests.chaos", "--report", str(report), *arguments]
    run = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    print(run.stdout)  # noqa: T201 - the seed above all
    found: dict[str, Any] = json.loads(report.read_text())
    return run.returncode, found


@pytest.mark.timeout(900)
def test_fifty_faults_break_no_rule(tmp_path: Path) -> None:
    code, found = _chaos(tmp_path / "report.json", ["--faults", "50"])
    assert found["broken"] == []
    assert code == 0


@pytest.mark.timeout(600)
def test_replicas_come_and_go_and_are_replaced_under_load_without_a_trace(tmp_path: Path) -> None:
    code, found = _chaos(tmp_path / "report.json", ["--rolling"])
    assert found["broken"] == []
    assert code == 0
    assert found["figures"]["longest stop"] < STOPS_WITHIN_SECONDS


@pytest.mark.timeout(600)
@pytest.mark.parametrize("bug", Bug)
def test_a_planted_bug_is_found(bug: Bug, tmp_path: Path) -> None:
    rule, kills, targets = BETRAYED_BY[bug]
    aim = [part for target in targets for part in ("--target", target)]
    arguments = ["--bug", bug, "--faults", str(kills), "--kind", "KILL", *aim]
    code, found = _chaos(tmp_path / "report.json", arguments)
    assert rule.name in found["broken"]
    assert code == 1
