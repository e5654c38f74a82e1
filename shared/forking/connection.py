"""The connection to a fork server, and the process itself."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

ANSWERS_WITHIN_SECONDS: Final = 60.0
"""The first answer waits for the imports; a fork itself takes milliseconds."""
ANSWER_BYTES: Final = 64
PLAIN: Final = (
    *("HOME", "LANG", "LANGUAGE", "LD_LIBRARY_PATH", "PATH", "TMPDIR", "TZ", "VIRTUAL_ENV"),
    *("AIOKAFKA_NO_EXTENSIONS", "FORCE_COLOR", "MOTOR_MAX_WORKERS", "NO_COLOR", "PSUTIL_DEBUG"),
    *(
        "OTEL_PROPAGATORS",
        "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT",
        "PYDANTIC_DISABLE_PLUGINS",
        "PY_SAX_PARSER",
    ),
)
PLAIN_PREFIXES: Final = ("LC_", "OTEL_PYTHON_", "PYTHON", "_PYTHON")
"""What a fork server has of the environment: what libraries read when they are imported."""


class ConnectionLostError(Exception):
    """The fork server has ended, or does not answer."""


class Connection:
    """One fork server while it lives; requests of several threads take their turn."""

    def __init__(self, modules: Sequence[str], log: Path, variables: Mapping[str, str]) -> None:
        """Start the fork server, which imports `modules` and writes to `log` what goes wrong.

        It has `variables` besides what is plain of this process's environment.
        """
        self._lock = threading.Lock()
        self._socket, its_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket.settimeout(ANSWERS_WITHIN_SECONDS)
        log.parent.mkdir(parents=True, exist_ok=True)
        with its_end, log.open("wb") as output:
            # -u: what programs print is in their logs at once.
            self._process = subprocess.Popen(  # noqa: S603 - our own command line
                [sys.executable, "-u", "-m", "shared.forking.server", *modules],
                stdin=its_end.fileno(),
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**plain_environment(), **variables},
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The number of the fork server's process."""
        return self._process.pid

    def start(self, descriptors: Sequence[int]) -> tuple[int, int]:
        """Have a program started; return its process's number, and a descriptor of it.

        Args:
            descriptors: its standard input, output and error, and what says what to run.

        Raises:
            ConnectionLostError: there was no answer.
        """
        answer, received = self._asked(b"start", descriptors)
        return int(answer), received[0]

    def code_of(self, pid: int) -> int:
        """Return the exit code of `pid`, which has ended.

        Raises:
            ConnectionLostError: there was no answer.
        """
        answer, _ = self._asked(f"end {pid}".encode(), [])
        return int(answer)

    def ended(self) -> bool:
        """Say whether the fork server has ended."""
        return self._process.poll() is not None

    def close(self) -> None:
        """Let the fork server end, which it does at once, and wait for it."""
        with self._lock:
            self._socket.close()
        try:
            self._process.wait(1)
        except subprocess.TimeoutExpired:
            # It is importing, or stopped from outside.
            self._process.kill()
            self._process.wait()

    def _asked(self, request: bytes, descriptors: Sequence[int]) -> tuple[bytes, list[int]]:
        with self._lock:
            try:
                socket.send_fds(self._socket, [request], descriptors)
                answer, received, _, _ = socket.recv_fds(self._socket, ANSWER_BYTES, 1)
            except OSError as error:
                raise ConnectionLostError from error
        if not answer:
            raise ConnectionLostError
        return answer, received


def plain_environment() -> dict[str, str]:
    """Return what a fork server needs of the environment."""
    return {name: value for name, value in os.environ.items() if is_plain(name)}


def is_plain(name: str) -> bool:
    """Say whether a fork server is given the variable `name`: neither a setting nor a key."""
    return name in PLAIN or name.startswith(PLAIN_PREFIXES)
