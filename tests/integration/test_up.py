"""`carionexiq up` from the first start to the last trace of it."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from deploy.cli.failures import ExitCode
from deploy.cli.settings import SystemSettings
from shared.engines import RunFile, is_free
from tests.engines import embedded_settings
from tests.integration.test_cli import CARIONEXIQ, environment, refused, run


@contextmanager
def up(env: dict[str, str], until: str) -> Iterator["tuple[subprocess.Popen[str], str]"]:
    """A running `up` and what it printed until a line that contains `until`."""
    process = subprocess.Popen(
        [str(CARIONEXIQ), "up"],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    printed = ""
    try:
        for line in process.stdout:
            printed += line
            if until in line:
                break
        assert until in printed, printed
        yield process, printed
    finally:
        process.terminate()
        process.communicate(timeout=60)


def started_by(process: "subprocess.Popen[str]") -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


def assert_nothing_is_left(settings: SystemSettings, started: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(started, timeout=20)
    assert not alive
    assert all(
        is_free(getattr(settings, name))
        for name in SystemSettings.model_fields
        if name.endswith("_port")
    )
    assert RunFile(settings.data_dir).read() is None


def password_of(printed: str, role: str) -> str:
    row = next(line for line in printed.splitlines() if f" {role}@" in line)
    return row.strip(" │|").split()[-1]


def sign_in(settings: SystemSettings, role: str, password: str) -> httpx.Response:
    return httpx.post(
        f"{settings.service_url('identity')}/sessions",
        json={"email": f"{role}@carionexiq.test", "password": password},
        timeout=20,
        trust_env=False,
    )


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> SystemSettings:
    return embedded_settings(tmp_path_factory.mktemp("up") / "data")


def interrupt(process: "subprocess.Popen[str]") -> None:
    process.send_signal(signal.SIGINT)


def interrupt_another_thread(process: "subprocess.Popen[str]") -> None:
    """The kernel may hand a signal of the process to any thread of it."""
    threads = psutil.Process(process.pid).threads()
    other = next(thread.id for thread in threads if thread.id != process.pid)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.tgkill.argtypes = [ctypes.c_int] * 3
    assert libc.tgkill(process.pid, other, signal.SIGINT) == 0


@pytest.mark.parametrize(
    ("when", "send"),
    [("kafka      starting", interrupt_another_thread), ("gateway    ready", interrupt)],
)
def test_ctrl_c_during_the_start_leaves_nothing_running(
    tmp_path: Path, when: str, send: "Callable[[subprocess.Popen[str]], None]"
) -> None:
    settings = embedded_settings(tmp_path / "data")
    with up(environment(settings), until=when) as (process, _):
        started = started_by(process)
        send(process)
        printed, _ = process.communicate(timeout=60)
        assert process.returncode == ExitCode.DONE, printed
        assert printed.endswith("stopped\n")
        assert "gateway    starting" not in printed
        assert_nothing_is_left(settings, started)


@pytest.mark.timeout(300)
def test_up_prints_portal_and_accounts_replaces_the_killed_and_keeps_the_data(
    settings: SystemSettings,
) -> None:
    env = environment(settings)
    with up(env, until="Ctrl-C stops") as (process, printed):
        assert settings.portal in printed
        learner, trainer = password_of(printed, "learner"), password_of(printed, "trainer")
        assert sign_in(settings, "learner", learner).json()["role"] == "learner"
        pending = sign_in(settings, "trainer", trainer).json()["pending"]
        code = run("code", "trainer", env=env).stdout.strip()
        answer = httpx.post(
            f"{settings.service_url('identity')}/sessions/second-factor",
            json={"pending": pending, "code": code},
            timeout=20,
            trust_env=False,
        )
        assert answer.status_code == 201, answer.text
        assert (answer.json()["role"], answer.json()["strong"]) == ("trainer", True)
        assert "no demo learner" in refused(run("code", "learner", env=env), ExitCode.WRONG_STATE)

        shown = run("status", env=env)
        assert shown.returncode == ExitCode.DONE, shown.stdout
        assert "durability: an acknowledged write survives a killed process" in shown.stdout
        for name in ("kafka", "mongodb", "mailbox", "identity", "retention", "gateway"):
            assert name in shown.stdout

        verified = run("projections", "verify", "identity", "learners", env=env)
        assert verified.returncode == ExitCode.DONE, verified.stderr
        assert "1 documents, all equal" in verified.stdout
        unknown = run("projections", "verify", "identity", "nothing", env=env)
        assert "learners" in refused(unknown, ExitCode.USAGE)

        assert "already running" in refused(run("up", env=env), ExitCode.WRONG_STATE)
        assert "down" in refused(run("reset", "--yes", env=env), ExitCode.WRONG_STATE)

        started = started_by(process)
        process.send_signal(signal.SIGINT)
        assert process.wait(90) == ExitCode.DONE
        assert_nothing_is_left(settings, started)

    messages = sorted(settings.maildir.glob("new/*"))
    with up(env, until="Ctrl-C stops") as (process, printed):
        # What made the first start longer is not done again; seconds would measure the machine.
        assert "fetching" not in printed
        assert sorted(settings.maildir.glob("new/*")) == messages
        assert password_of(printed, "learner") == learner
        assert sign_in(settings, "learner", learner).status_code == 201
        assert_comes_back_when_killed(settings, "learning")

        started = started_by(process)
        assert run("down", env=env).returncode == ExitCode.DONE
        assert_nothing_is_left(settings, started)

    assert "nothing was deleted" in run("reset", env=env, stdin="n\n").stderr
    assert settings.data_dir.exists()
    assert run("reset", env=env, stdin="y\n").returncode == ExitCode.DONE
    assert not settings.data_dir.exists()


def assert_comes_back_when_killed(settings: SystemSettings, service: str) -> None:
    victim = _pid(settings, service)
    assert victim is not None
    os.kill(victim, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while not _ready(settings.service_url(service)) or _pid(settings, service) == victim:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _pid(settings: SystemSettings, service: str) -> int | None:
    running = RunFile(settings.data_dir).live()
    assert running is not None
    return next((entry.pid for entry in running.processes if entry.name == service), None)


def _ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/ready", timeout=5, trust_env=False).is_success
    except httpx.HTTPError:
        return False
