"""`carionexiq rules try`, `adopt` and `history` against a running system."""

from pathlib import Path

import pytest

from deploy.cli.failures import ExitCode
from tests.engines import System
from tests.integration.test_cli import environment, run
from tests.unit.retention.given import POLICY

ALONE = "--without-second-person"


@pytest.fixture(autouse=True)
def shipped_rules_in_force(system: System) -> None:
    """Go back to the shipped rules, where other tests have adopted others on the same system."""
    env = environment(system.settings)
    if "rules: 2025-01-12 in force" not in run("status", env=env).stdout:
        back = run(
            "rules", "adopt", "--again", "2025-01-12", "--reason", "as shipped", ALONE, env=env
        )
        assert back.returncode == ExitCode.DONE, back.stderr


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


def test_rules_are_adopted_for_a_reason_and_the_version_before_comes_back(
    system: System, tmp_path: Path
) -> None:
    env = environment(system.settings)
    new = tmp_path / "2026-01-01.yaml"
    text = POLICY.read_text(encoding="utf-8").replace('"2025-01-12"', '"2026-01-01"')
    new.write_text(text.replace("trace_collected, after: P6M", "trace_collected, after: P9M"))
    asked = run("rules", "adopt", str(new), "--reason", "longer analyses", env=env)
    assert asked.returncode == ExitCode.DONE, asked.stderr
    assert "confirms it" in asked.stdout
    assert "rules: 2025-01-12 in force" in run("status", env=env).stdout
    refused = run("rules", "adopt", str(new), "--reason", "why", "--confirm", "7", env=env)
    assert refused.returncode == ExitCode.USAGE
    assert "--confirm 0" in refused.stderr
    done = run("rules", "adopt", str(new), "--reason", "longer analyses", ALONE, env=env)
    assert done.returncode == ExitCode.DONE, done.stderr
    assert "trace_collected + P6M -> trace_collected + P9M" in done.stdout
    assert "rules: 2026-01-01 in force" in run("status", env=env).stdout
    back = run("rules", "adopt", "--again", "2025-01-12", "--reason", "as before", ALONE, env=env)
    assert back.returncode == ExitCode.DONE, back.stderr
    assert "goes back to it" in back.stdout
    told = run("rules", "history", env=env).stdout
    assert "longer analyses" in told
    assert "2025-01-12 (again)" in told
