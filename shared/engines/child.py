"""One running process of the supervisor, and what its log says when it fails."""

import contextlib
import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import IO, Final

from shared.engines.errors import StartFailedError
from shared.engines.managed import Managed
from shared.forking import ForkedProcess, ForkServer, ForkServerLostError

LOG_ROTATION_BYTES: Final = 32 * 1_048_576
TAIL_BYTES: Final = 16_384


class Child:
    """A `Managed` with its process, its log file and its history of restarts."""

    def __init__(self, managed: Managed, log: Path, fork_server: ForkServer | None = None) -> None:
        """Describe the process; nothing is started yet.

        Args:
            managed: what is run.
            log: file it writes to.
            fork_server: starts it if it can be forked; without one it is executed.
        """
        self.managed = managed
        self.log = log
        self.process: subprocess.Popen[bytes] | ForkedProcess | None = None
        self.ready = False
        self.restarts = 0
        self.failures = 0
        self.next_start = 0.0
        self.deadline = 0.0
        self.ready_since = 0.0
        self._log_start = 0
        self._fork_server = fork_server

    @property
    def pid(self) -> int | None:
        """The process's number while it runs."""
        return None if self.process is None else self.process.pid

    def spawn(self) -> int:
        """Start the process in a group of its own and return that group.

        A terminal's Ctrl-C reaches the supervisor alone, which then stops everything in order.

        Raises:
            StartFailedError: it cannot be started at all.
        """
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_ROTATION_BYTES:
            self.log.replace(self.log.with_suffix(".1.log"))
        with self.log.open("ab") as output:
            self._log_start = output.tell()
            self.process = self._started(output)
        self.ready = False
        self.deadline = time.monotonic() + self.managed.ready_within
        return self.process.pid

    def _started(self, output: IO[bytes]) -> subprocess.Popen[bytes] | ForkedProcess:
        environment = {**os.environ, **self.managed.environment()}
        program = self.managed.forked()
        if self._fork_server is not None and program is not None:
            with Path(os.devnull).open("rb") as nothing:
                try:
                    return self._fork_server.start(
                        program, environment, stdin=nothing, stdout=output, stderr=output
                    )
                except ForkServerLostError as error:
                    raise StartFailedError(f"{self.managed.name}: {error}") from error
        return subprocess.Popen(  # noqa: S603 - command lines are our own
            list(self.managed.command()),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,
        )

    def ended(self) -> bool:
        """Say whether the process has ended (or was never started)."""
        return self.process is None or self.process.poll() is not None

    def terminate(self) -> None:
        """Ask the process to end."""
        self._signal(signal.SIGTERM)

    def end(self) -> None:
        """Wait until the process has ended after `terminate`, and kill it when it does not."""
        if self.process is None:
            return
        try:
            self.process.wait(self.managed.stops_within)
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)
            self.process.wait()
        # Whatever the process had started itself goes with it.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process = None
        self.ready = False

    def _signal(self, number: int) -> None:
        if self.process is not None and self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def output(self) -> str:
        """Return the end of what the process wrote since it was last started."""
        with self.log.open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(max(self._log_start, end - TAIL_BYTES))
            return file.read().decode(errors="replace")

    def reason(self) -> str:
        """Return the one line of the log that tells best why the process failed."""
        lines = [line.strip() for line in self.output().splitlines() if line.strip()]
        if not lines:
            code = None if self.process is None else self.process.poll()
            return "it wrote nothing" if code is None else f"it ended with code {code}, silently"
        telling = [
            line
            for line in lines
            if ("Error" in line or "error" in line or "Exception" in line)
            and not line.startswith(("File ", "at ", "raise ", "Traceback"))
        ]
        explained = [line for line in telling if '"reason"' in line]
        return _plain((explained or telling or lines)[-1])


def _plain(line: str) -> str:
    """Return the message inside a JSON log line, or the line itself, at a readable length."""
    if line.startswith("{"):
        with contextlib.suppress(json.JSONDecodeError):
            record = json.loads(line)
            parts = [str(record[key]) for key in ("event", "error", "reason") if key in record]
            line = ": ".join(parts) or line
    return line[:300]
