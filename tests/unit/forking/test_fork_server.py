"""A fork server starts programs that are in nothing different from ones that were executed."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from shared.forking import ForkedProcess, ForkServer, ForkServerLostError
from shared.forking.client import CODE_UNKNOWN

PROGRAM = "tests.unit.forking.program"
WAITS = "import sys; print('here', flush=True); sys.stdin.read()"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForkServer]:
    modules = ["random", "secrets", "uuid_utils", "cryptography.hazmat.primitives.ciphers.aead"]
    with ForkServer(modules, tmp_path_factory.mktemp("forks") / "forks.log") as started:
        yield started


class Started:
    """A program with the other ends of what it reads and writes."""

    def __init__(self, server: ForkServer, code: str, environment: dict[str, str]) -> None:
        reading, writing = os.pipe()
        out, into = os.pipe()
        self.process: ForkedProcess = server.start(
            [PROGRAM, code], environment, stdin=reading, stdout=into, stderr=into
        )
        os.close(reading)
        os.close(into)
        self.stdin, self.stdout = os.fdopen(writing, "wb"), os.fdopen(out, "rb")

    def ends(self) -> tuple[int, str]:
        """Close its input; return its exit code and all that it wrote."""
        self.stdin.close()
        with self.stdout:
            written = self.stdout.read().decode()
        return self.process.wait(20), written


def run(server: ForkServer, code: str, **environment: str) -> tuple[int, str]:
    return Started(server, code, environment).ends()


def told(server: ForkServer, expression: str, **environment: str) -> Any:
    code, written = run(server, f"import json; print(json.dumps({expression}))", **environment)
    assert code == 0, written
    return json.loads(written)


@pytest.mark.parametrize(
    ("ending", "code", "written"),
    [
        ("pass", 0, ""),
        ("import sys; sys.exit(3)", 3, ""),
        ("import sys; sys.exit('the setting X is wrong')", 1, "the setting X is wrong\n"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL, ""),
        ("import atexit; atexit.register(print, 'flushed')", 0, "flushed\n"),
    ],
)
def test_how_a_program_ends_is_told(
    server: ForkServer, ending: str, code: int, written: str
) -> None:
    assert run(server, ending) == (code, written)


def test_an_error_ends_it_with_its_traceback(server: ForkServer) -> None:
    code, written = run(server, "1 / 0")
    assert code == 1
    assert written.endswith("ZeroDivisionError: division by zero\n")


def test_a_program_reads_writes_and_is_told_to_end(server: ForkServer) -> None:
    program = Started(server, "import sys; print(input()); print('and', file=sys.stderr)", {})
    program.stdin.write(b"said\n")
    assert program.ends() == (0, "said\nand\n")

    program = Started(server, WAITS, {})
    assert program.stdout.readline() == b"here\n"
    with pytest.raises(subprocess.TimeoutExpired):
        program.process.wait(0.01)
    assert program.process.poll() is None
    os.killpg(program.process.pid, signal.SIGTERM)
    assert program.ends() == (-signal.SIGTERM, "")
    assert program.process.poll() == -signal.SIGTERM


def test_the_environment_is_the_one_that_was_given_and_no_other(server: ForkServer) -> None:
    given = {"CARIONEXIQ_NAMESPACE": "fresh-", "TZ": "Asia/Tokyo"}
    shown = told(
        server, "[dict(__import__('os').environ), __import__('time').strftime('%Z')]", **given
    )
    assert shown == [given, "JST"]
    assert told(server, "dict(__import__('os').environ)") == {}


FOUND_IN_MEMORY = r"""
import json, re
found = set()
with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", buffering=0) as memory:
    for line in maps:
        place, rights = line.split()[:2]
        if rights.startswith("rw"):
            start, end = (int(one, 16) for one in place.split("-"))
            memory.seek(start)
            found |= set(re.findall(rb"canary-[0-9a-f]{12}", memory.read(end - start)))
print(json.dumps(sorted(one.decode() for one in found)))
"""


def test_no_program_finds_in_memory_what_another_or_the_starter_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARIONEXIQ_KEYRING", "canary-cccccccccccc")
    with ForkServer([], tmp_path / "forks.log") as server:
        before = Started(server, WAITS, {"CARIONEXIQ_KEYRING": "canary-aaaaaaaaaaaa"})
        assert before.stdout.readline() == b"here\n"
        found = run(server, FOUND_IN_MEMORY, CARIONEXIQ_KEYRING="canary-bbbbbbbbbbbb")
        before.ends()
    assert found == (0, '["canary-bbbbbbbbbbbb"]\n')


def test_no_two_programs_draw_the_same_numbers(server: ForkServer) -> None:
    drawn = [
        told(
            server,
            "[__import__('random').random(), str(__import__('uuid_utils').uuid7())[-12:],"
            " str(__import__('uuid_utils').uuid4()), __import__('secrets').token_hex(),"
            " __import__('cryptography').hazmat.primitives.ciphers.aead"
            ".AESGCM.generate_key(128).hex()]",
        )
        for _ in range(2)
    ]
    assert not set(drawn[0]) & set(drawn[1])


def test_a_program_has_a_group_a_name_and_a_collector_of_its_own(server: ForkServer) -> None:
    program = Started(server, WAITS, {})
    assert program.stdout.readline() == b"here\n"
    seen = psutil.Process(program.process.pid)
    assert os.getpgid(seen.pid) == seen.pid
    assert f"-m {PROGRAM} import sys" in " ".join(seen.cmdline())
    program.ends()
    assert told(server, "__import__('gc').isenabled()") is True


def test_open_files_are_the_ones_that_were_given(server: ForkServer) -> None:
    before = Started(server, WAITS, {})
    assert before.stdout.readline() == b"here\n"
    # The last is the folder that is being read.
    assert told(server, "sorted(map(int, __import__('os').listdir('/proc/self/fd')))") == [
        0,
        1,
        2,
        3,
    ]
    before.ends()


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (
            "import threading, time; threading.Thread(target=time.sleep, args=[30]).start()",
            "Thread",
        ),
        ("import socket; left = socket.socket()", "socket"),
        ("import asyncio; loop = asyncio.new_event_loop()", "eventpoll"),
        ("left = open(__file__)", "unfit.py"),
    ],
)
def test_what_a_fork_would_not_survive_stops_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, told: str
) -> None:
    (tmp_path / "unfit.py").write_text(code)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with (
        ForkServer(["unfit"], tmp_path / "forks.log") as server,
        pytest.raises(ForkServerLostError, match=f"imports have left .*{told}"),
    ):
        run(server, "pass")


def test_a_module_that_cannot_be_imported_keeps_nobody_else(tmp_path: Path) -> None:
    log = tmp_path / "forks.log"
    with ForkServer(["no.such.module", "json"], log) as server:
        assert told(server, "'json' in __import__('sys').modules") is True
    assert log.read_text() == "no.such.module cannot be imported: ModuleNotFoundError\n"


def test_a_killed_fork_server_is_replaced_and_its_programs_go_on(tmp_path: Path) -> None:
    with ForkServer([], tmp_path / "forks.log") as server:
        program = Started(server, WAITS, {})
        assert program.stdout.readline() == b"here\n"
        killed = psutil.Process(server.pid)
        killed.kill()
        psutil.wait_procs([killed], timeout=10)
        assert program.process.poll() is None
        assert run(server, "pass") == (0, "")
        assert program.ends() == (CODE_UNKNOWN, "")


def test_it_lives_while_anybody_is_inside_and_its_programs_outlive_it(tmp_path: Path) -> None:
    server = ForkServer([], tmp_path / "forks.log")
    with server:
        with server:
            program = Started(server, WAITS, {})
        assert run(server, "pass") == (0, "")
        process = psutil.Process(server.pid)
    assert not process.is_running()
    assert program.stdout.readline() == b"here\n"
    assert program.ends() == (CODE_UNKNOWN, "")


def test_what_is_read_when_a_process_begins_is_given_to_the_fork_server(tmp_path: Path) -> None:
    with ForkServer([], tmp_path / "forks.log", {"PYTHONOPTIMIZE": "2"}) as server:
        assert told(server, "__import__('sys').flags.optimize") == 2
