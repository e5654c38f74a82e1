"""The command line: one clear line and an exit code for everything that goes wrong."""

import os
import socket
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryFile

import pytest

from deploy.cli.failures import ExitCode
from deploy.cli.settings import SystemSettings
from shared.engines import RunFile
from tests.engines import embedded_settings
from tests.forks import forks

CARIONEXIQ = Path(sys.executable).parent / "carionexiq"


def environment(settings: SystemSettings, **others: str) -> dict[str, str]:
    """The variables that make `carionexiq` take `settings`."""
    ports = {
        f"CARIONEXIQ_{name.upper()}": str(getattr(settings, name))
        for name in SystemSettings.model_fields
        if name.endswith("_port")
    }
    given = ("KAFKA_BOOTSTRAP_SERVERS", "MONGODB_URI", "CARIONEXIQ_SMTP_HOST")
    return {
        **{name: value for name, value in os.environ.items() if name not in given},
        **ports,
        "CARIONEXIQ_DATA_DIR": str(settings.data_dir),
        "CARIONEXIQ_SYNC_ON_COMMIT": "false",
        "COLUMNS": "200",
        **others,
    }


Finished = subprocess.CompletedProcess[str]


def run(*arguments: str, env: dict[str, str], stdin: str = "") -> Finished:
    """`carionexiq` with `arguments`, as a process of its own that need not import everything."""
    with TemporaryFile() as given, TemporaryFile() as told, TemporaryFile() as wrong:
        given.write(stdin.encode())
        given.seek(0)
        program = ["deploy.cli.main", *arguments]
        process = forks().start(program, env, stdin=given, stdout=told, stderr=wrong)
        code = process.wait(120)
        told.seek(0)
        wrong.seek(0)
        return Finished(program, code, told.read().decode(), wrong.read().decode())


def refused(result: Finished, code: ExitCode) -> str:
    """The one line on standard error of a command that ended with `code`."""
    assert result.returncode == code, result.stderr
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, result.stderr
    return lines[0]


def test_help_names_every_command_and_exit_code(tmp_path: Path) -> None:
    # The command that people type, once: everywhere else its module is run.
    env = environment(embedded_settings(tmp_path))
    shown = subprocess.check_output([str(CARIONEXIQ), "--help"], env=env, text=True)
    for command in (
        "up",
        "down",
        "status",
        "serve",
        "reset",
        "demo",
        "simulate",
        "dlq",
        "topics",
        "rules",
    ):
        assert f" {command} " in shown
    for code in ExitCode:
        assert f"{code.value} " in shown


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("CARIONEXIQ_GATEWAY_PORT", "a lot"),
        ("CARIONEXIQ_NAMESPACE", "Not Allowed"),
        ("CARIONEXIQ_LOG_LEVEL", "LOUD"),
        ("CARIONEXIQ_PUBLIC_URL", "portal"),
        ("CARIONEXIQ_KAFKA_PORT", "70000"),
    ],
)
def test_a_bad_setting_stops_the_start_and_is_named(
    tmp_path: Path, variable: str, value: str
) -> None:
    env = environment(embedded_settings(tmp_path / "data"), **{variable: value})
    line = refused(run("up", env=env), ExitCode.BAD_SETTING)
    assert variable in line
    assert not (tmp_path / "data").exists()


def test_a_busy_port_is_named_with_its_setting(tmp_path: Path) -> None:
    settings = embedded_settings(tmp_path / "data")
    with socket.create_server(("127.0.0.1", settings.learning_port)):
        line = refused(run("up", env=environment(settings)), ExitCode.PORT_BUSY)
    assert str(settings.learning_port) in line
    assert "CARIONEXIQ_LEARNING_PORT" in line
    assert RunFile(settings.data_dir).read() is None


def test_a_full_disk_is_told_before_anything_starts(tmp_path: Path) -> None:
    settings = embedded_settings(tmp_path / "data")
    env = environment(settings, CARIONEXIQ_MINIMUM_FREE_MB="1000000000")
    assert "disk full" in refused(run("up", env=env), ExitCode.DISK_FULL)


def test_down_status_and_sweep_say_when_nothing_runs(tmp_path: Path) -> None:
    settings = embedded_settings(tmp_path / "data")
    for command in ("down", "status"):
        line = refused(run(command, env=environment(settings)), ExitCode.WRONG_STATE)
        assert "nothing runs" in line


def test_reset_asks_and_leaves_foreign_folders_alone(tmp_path: Path) -> None:
    settings = embedded_settings(tmp_path / "data")
    (settings.data_dir).mkdir()
    (settings.data_dir / "thesis.txt").write_text("not ours")
    line = refused(run("reset", "--yes", env=environment(settings)), ExitCode.FAILED)
    assert "left as it is" in line
    assert (settings.data_dir / "thesis.txt").exists()


def test_an_unknown_service_is_refused(tmp_path: Path) -> None:
    env = environment(embedded_settings(tmp_path / "data"))
    assert "no service" in refused(run("serve", "billing", env=env), ExitCode.USAGE)
    assert "no service" in refused(run("dlq", "list", "billing", env=env), ExitCode.USAGE)
