"""`carionexiq rules try` against a running system."""

from pathlib import Path

from deploy.cli.failures import ExitCode
from tests.engines import System
from tests.integration.test_cli import environment, run
from tests.unit.retention.given import POLICY


def test_the_rules_in_force_would_change_nothing_for_anybody(system: System) -> None:
    tried = run("rules", "try", str(POLICY), env=environment(system.settings))
    assert tried.returncode == ExitCode.DONE, tried.stderr
    assert tried.stdout.startswith("2025-01-12 -> 2025-01-12: 0 of ")
    assert "persons would see a change" in tried.stdout


def test_a_mistake_is_told_before_anybody_is_asked(system: System, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(POLICY.read_text(encoding="utf-8").replace("after: P2Y", "after: two years"))
    tried = run("rules", "try", str(wrong), env=environment(system.settings))
    assert tried.returncode == ExitCode.USAGE
    assert "rule support" in tried.stderr
