"""`carionexiq rules diff`: two rule sets compared in words."""

from pathlib import Path

from typer.testing import CliRunner

from deploy.cli.failures import ExitCode
from deploy.cli.main import app
from tests.unit.retention.given import POLICY

TEXT = POLICY.read_text(encoding="utf-8")


def _diff(new: Path, *options: str) -> tuple[int, list[str], str]:
    result = CliRunner().invoke(app, ["rules", "diff", str(new), *options])
    return result.exit_code, result.stdout.splitlines(), result.stderr


def test_only_what_differs_is_told(tmp_path: Path) -> None:
    new = tmp_path / "2027-01-01.yaml"
    new.write_text(
        TEXT.replace('version: "2025-01-12"', 'version: "2027-01-01"').replace(
            "{anchor: final_resolution, after: P2Y}", "{anchor: final_resolution, after: P1Y}"
        )
    )
    code, told, _ = _diff(new)
    assert code == ExitCode.DONE
    assert told == [
        "2025-01-12 -> 2027-01-01: rules that differ: 1",
        "support: changed",
        "  ends: final_resolution + P2Y -> final_resolution + P1Y",
    ]
    code, told, _ = _diff(POLICY, "--old", str(new))
    assert told[-1] == "  ends: final_resolution + P1Y -> final_resolution + P2Y"


def test_a_mistake_is_told_with_file_line_and_rule(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(TEXT.replace("after: P2Y", "after: two years"))
    code, _, told = _diff(wrong)
    assert code == ExitCode.USAGE
    assert "wrong.yaml:" in told
    assert "rule support" in told
