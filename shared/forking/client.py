"""Starts programs as forks of a process that has imported what they share.

`shared.forking.server` is the other side.
"""

import json
import os
import select
import subprocess
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from shared.forking.connection import Connection, ConnectionLostError

CODE_UNKNOWN: Final = 255
"""Exit code of a process whose fork server was killed, which alone could have told."""


class ForkServerLostError(Exception):
    """The fork server does not answer, a new one neither; the message is one line."""


class ForkedProcess:
    """A process that a fork server started, with what is used here of `subprocess.Popen`."""

    def __init__(self, pid: int, descriptor: int, connection: Connection) -> None:
        """Take over `descriptor`, which stands for the process `pid`."""
        self.pid = pid
        self.returncode: int | None = None
        self._descriptor = descriptor
        self._connection = connection
        self._lock = threading.Lock()

    def poll(self) -> int | None:
        """Return the exit code, negative for a signal, or `None` while it runs."""
        return self._code_within(0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end, at most `timeout` seconds, and return the exit code.

        Raises:
            subprocess.TimeoutExpired: it still runs.
        """
        code = self._code_within(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return code

    def _code_within(self, seconds: float | None) -> int | None:
        with self._lock:
            if self.returncode is None:
                end = select.poll()
                end.register(self._descriptor, select.POLLIN)
                if not end.poll(None if seconds is None else seconds * 1000):
                    return None
                os.close(self._descriptor)
                try:
                    self.returncode = self._connection.code_of(self.pid)
                except ConnectionLostError:
                    self.returncode = CODE_UNKNOWN
            return self.returncode


class ForkServer:
    """A process that imports `modules` once, and forks programs.

    Used as a context manager, also several times within one another: it lives while anybody is
    inside. The programs outlive it; one that is killed is replaced at the next start.
    """

    def __init__(
        self, modules: Sequence[str], log: Path, variables: Mapping[str, str] | None = None
    ) -> None:
        """Describe a fork server.

        Args:
            modules: what it imports.
            log: file to which it writes what goes wrong.
            variables: what is read when a process begins, such as by malloc: forks have it from
                the fork server, whatever their own environment says.
        """
        self._modules = tuple(modules)
        self._log = log
        self._variables = dict(variables or {})
        self._lock = threading.Lock()
        self._inside = 0
        self._connection: Connection | None = None

    def __enter__(self) -> Self:
        """Start the process unless it runs; it imports while the caller goes on."""
        with self._lock:
            self._inside += 1
            self._connected()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End the process when the last one leaves."""
        with self._lock:
            self._inside -= 1
            if not self._inside and self._connection is not None:
                self._connection.close()
                self._connection = None

    @property
    def pid(self) -> int | None:
        """The number of the process while anybody is inside."""
        return None if self._connection is None else self._connection.pid

    def start(
        self,
        program: Sequence[str],
        environment: Mapping[str, str],
        *,
        stdin: IO[bytes] | int,
        stdout: IO[bytes] | int,
        stderr: IO[bytes] | int,
    ) -> ForkedProcess:
        """Start `python -m` of `program` in a process group of its own.

        Args:
            program: the module and its arguments.
            environment: all variables that the program has.
            stdin: file or descriptor that it reads.
            stdout: file or descriptor that it writes to.
            stderr: file or descriptor that it writes errors to.

        Raises:
            ForkServerLostError: the fork server does not answer.
        """
        described = json.dumps({"program": list(program), "environment": dict(environment)})
        with ExitStack() as opened:
            description = opened.enter_context(_in_memory(described.encode()))
            files = (stdin, stdout, stderr, description)
            descriptors = [file if isinstance(file, int) else file.fileno() for file in files]
            return self._start(descriptors)

    def _start(self, descriptors: Sequence[int]) -> ForkedProcess:
        with self._lock:
            for _ in range(2):
                connection = self._connected()
                try:
                    pid, descriptor = connection.start(descriptors)
                except ConnectionLostError:
                    connection.close()
                    continue
                return ForkedProcess(pid, descriptor, connection)
        raise ForkServerLostError(f"the fork server does not answer: {self._reason()}")

    def _connected(self) -> Connection:
        if self._connection is not None and self._connection.ended():
            self._connection.close()
            self._connection = None
        if self._connection is None:
            self._connection = Connection(self._modules, self._log, self._variables)
        return self._connection

    def _reason(self) -> str:
        lines = self._log.read_text(errors="replace").strip().splitlines()
        return f"{lines[-1] if lines else 'it wrote nothing'} (log: {self._log})"


def _in_memory(content: bytes) -> IO[bytes]:
    """Return a file that exists in memory alone, to be read from its beginning."""
    file = os.fdopen(os.memfd_create("program"), "w+b")
    file.write(content)
    file.seek(0)
    return file
