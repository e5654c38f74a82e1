"""`carionexiq keys`: what it refuses before anything is touched."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.cli.failures import ExitCode
from deploy.cli.main import app

RUN = CliRunner()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], ExitCode.USAGE, "name the categories"),
        (["payments", "--yes"], ExitCode.USAGE, "no key payments"),
        (["payment"], ExitCode.FAILED, ""),
    ],
)
def test_a_rotation_that_is_not_clear_or_not_confirmed_changes_nothing(
    tmp_path: Path, arguments: list[str], code: ExitCode, said: str
) -> None:
    done = RUN.invoke(app, ["keys", "rotate", *arguments, "--data", str(tmp_path)], input="n\n")
    assert done.exit_code == code
    assert said in done.output
    assert list(tmp_path.iterdir()) == []


def test_keys_are_prepared_once(tmp_path: Path) -> None:
    def prepared() -> dict[Path, bytes]:
        done = RUN.invoke(app, ["keys", "prepare", "--data", str(tmp_path)])
        assert done.exit_code == ExitCode.DONE, done.output
        return {path: path.read_bytes() for path in tmp_path.rglob("*.json")}

    files = prepared()
    assert prepared() == files
    assert tmp_path / "secrets" / "keyrings" / "roles" / "billing.json" in files


def test_a_provider_that_does_not_exist_stops_with_one_line_that_names_the_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARIONEXIQ_KEY_PROVIDER", "vault")
    done = RUN.invoke(app, ["keys", "list", "--data", str(tmp_path)])
    assert done.exit_code == ExitCode.BAD_SETTING
    assert "CARIONEXIQ_KEY_PROVIDER" in done.output
