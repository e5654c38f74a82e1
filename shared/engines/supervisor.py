"""Starts processes in order, keeps them running, stops them in the opposite order.

What it guarantees: `start` returns only when every process does its work; a process that dies is
started again a bounded number of times; after `stop`, or after the supervisor itself was killed,
none of its processes is left.
"""

import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack, nullcontext
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import psutil

from shared.engines.child import Child
from shared.engines.disk import FLOOR_MEGABYTES, stop_before_full, translate_full_disk
from shared.engines.errors import EngineError, GaveUpError, PortBusyError, StartFailedError
from shared.engines.managed import Managed, NotReadyError, Report
from shared.engines.ports import is_free
from shared.engines.run_file import RunFile, RunningProcess
from shared.forking import ForkServer

POLL_SECONDS: Final = 0.1
BACKOFF_SECONDS: Final = (0.2, 1.0, 3.0, 8.0, 15.0)
"""Wait before each restart; a process that failed this often in a row is given up."""
STEADY_SECONDS: Final = 60.0
"""A process that was ready for this long has earned all its restarts again."""


class _StopRequested(Exception):  # noqa: N818 - a request, not an error
    """Someone asked to stop while something was being prepared."""


class Supervisor:
    """Runs `stages` of processes: within a stage at the same time, one stage after the other."""

    def __init__(
        self,
        data_dir: Path,
        stages: Sequence[Sequence[Managed]],
        *,
        fork_server: ForkServer | None = None,
        report: Report | None = None,
        backoff: Sequence[float] = BACKOFF_SECONDS,
        floor_megabytes: int = FLOOR_MEGABYTES,
    ) -> None:
        """Describe what to run; logs go to `data_dir/logs`, the run file to `data_dir/run`.

        Args:
            data_dir: folder of the run; its free space is watched.
            stages: the processes, in the order in which they need one another.
            fork_server: starts those that can be forked; without one all are executed.
            report: told what happens to which process.
            backoff: seconds before each restart; a process that outlives none is given up.
            floor_megabytes: free space below which everything is stopped.
        """
        self._data_dir = data_dir
        self._backoff = tuple(backoff)
        self._floor = floor_megabytes
        logs = data_dir / "logs"
        self._stages = [
            [Child(managed, logs / f"{managed.name}.log", fork_server) for managed in stage]
            for stage in stages
        ]
        self._fork_server = nullcontext() if fork_server is None else fork_server
        self._held = ExitStack()
        self._children = [child for stage in self._stages for child in stage]
        self._report: Report = report or (lambda _name, _message: None)
        self._run_file = RunFile(data_dir)
        self._keeper: subprocess.Popen[str] | None = None
        self._thread: threading.Thread | None = None
        self._started = threading.Event()
        self._stopping = threading.Event()
        self._failure: BaseException | None = None

    def start(self) -> None:
        """Start everything and return when everything is ready.

        Raises:
            EngineError: something did not come up; nothing is left running.
        """
        # One thread lives as long as the processes: it starts, watches and stops them all.
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)
        self._thread.start()
        try:
            # In slices: a signal that another thread received is handled once this one turns.
            while not self._started.wait(POLL_SECONDS):
                pass
        except BaseException:
            self.stop()
            raise
        if self._failure is not None:
            self._thread.join()
            raise self._failure

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the supervisor has stopped, at most `seconds`; say whether it has.

        Raises:
            EngineError: it stopped because a process could not be kept running.
        """
        assert self._thread is not None, "start() comes first"  # noqa: S101 - a caller's mistake
        self._thread.join(seconds)
        if self._thread.is_alive():
            return False
        if self._failure is not None:
            raise self._failure
        return True

    def request_stop(self) -> None:
        """Begin to stop and return at once; safe in a signal handler."""
        self._stopping.set()

    @property
    def stopping(self) -> bool:
        """Whether a stop was asked for."""
        return self._stopping.is_set()

    def stop(self) -> None:
        """Stop everything, last stage first, and return when nothing runs any more."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def processes(self) -> list[RunningProcess]:
        """Return what runs now."""
        running = []
        for child in self._children:
            if child.pid is not None and not child.ended():
                try:
                    running.append(
                        RunningProcess.of(
                            child.pid,
                            child.managed.name,
                            ports=tuple(child.managed.ports),
                            restarts=child.restarts,
                        )
                    )
                except psutil.NoSuchProcess:
                    continue
        return running

    def all_ready(self) -> bool:
        """Say whether every process is ready, as far as known."""
        return self._started.is_set() and all(child.ready for child in self._children)

    def __enter__(self) -> Self:
        """Start everything."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop everything."""
        self.stop()

    def _run(self) -> None:
        try:
            self._run_file.acquire()
        except EngineError as error:
            self._failure = error
            self._started.set()
            return
        try:
            self._check_ports()
            self._start_keeper()
            self._held.enter_context(self._fork_server)
            for stage in self._stages:
                self._start_stage(stage)
            self._started.set()
            while not self._stopping.wait(POLL_SECONDS):
                stop_before_full(self._data_dir, self._floor)
                for child in self._children:
                    self._watch(child)
        except _StopRequested:
            pass
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits
            self._failure = error
        finally:
            self._stop_all()
            self._started.set()

    def _check_ports(self) -> None:
        for child in self._children:
            for port, setting in child.managed.ports.items():
                if not is_free(port):
                    raise PortBusyError(child.managed.name, port, setting)

    def _start_stage(self, stage: Sequence[Child]) -> None:
        for child in stage:
            if self._stopping.is_set():
                return
            child.managed.prepare(self._report_unless_stopping)
            self._report(child.managed.name, "starting")
            self._spawn(child)
        while not all(child.ready for child in stage):
            for child in stage:
                if not child.ready:
                    if child.ended():
                        raise self._failed(child, "ended while starting")
                    self._probe(child)
            if self._stopping.wait(POLL_SECONDS):
                return

    def _report_unless_stopping(self, name: str, message: str) -> None:
        """Report progress, and break off a long preparation when a stop was asked for."""
        if self._stopping.is_set():
            raise _StopRequested
        self._report(name, message)

    def _probe(self, child: Child) -> None:
        try:
            child.managed.probe()
        except NotReadyError as error:
            if time.monotonic() > child.deadline:
                raise self._failed(child, f"did not come up in time ({error})") from error
            return
        child.ready = True
        child.ready_since = time.monotonic()
        self._report(child.managed.name, "ready")

    def _watch(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is None:
            if now >= child.next_start:
                child.restarts += 1
                self._spawn(child)
        elif child.ended():
            self._restart_later(child, "ended")
        elif not child.ready:
            try:
                self._probe(child)
            except StartFailedError:
                child.terminate()
                self._restart_later(child, "did not come up again")
        elif child.failures and now - child.ready_since > STEADY_SECONDS:
            child.failures = 0

    def _restart_later(self, child: Child, what: str) -> None:
        reason = child.reason()
        translate_full_disk(child.output(), self._data_dir)
        if child.failures >= len(self._backoff):
            raise GaveUpError(
                f"{child.managed.name} {what} {child.failures + 1} times and is given up: "
                f"{reason} (log: {child.log})"
            )
        child.next_start = time.monotonic() + self._backoff[child.failures]
        child.failures += 1
        self._report(child.managed.name, f"{what} ({reason}): restarting")
        self._finish(child)

    def _failed(self, child: Child, what: str) -> StartFailedError:
        translate_full_disk(child.output(), self._data_dir)
        return StartFailedError(f"{child.managed.name} {what}: {child.reason()} (log: {child.log})")

    def _spawn(self, child: Child) -> None:
        group = child.spawn()
        self._tell_keeper(f"+{group}")
        self._run_file.write(self.processes())

    def _finish(self, child: Child) -> None:
        group = child.pid
        child.end()
        if group is not None:
            self._tell_keeper(f"-{group}")

    def _start_keeper(self) -> None:
        self._keeper = subprocess.Popen(  # noqa: S603 - our own command line
            [sys.executable, "-S", "-E", str(Path(__file__).with_name("keeper.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )

    def _tell_keeper(self, line: str) -> None:
        if self._keeper is not None and self._keeper.stdin is not None:
            try:
                self._keeper.stdin.write(f"{line}\n")
                self._keeper.stdin.flush()
            except BrokenPipeError:
                self._report("keeper", "was killed; the run file alone guards now")
                self._keeper = None

    def _stop_all(self) -> None:
        for stage in reversed(self._stages):
            for child in stage:
                if child.pid is not None and not child.ended():
                    self._report(child.managed.name, "stopping")
                child.terminate()
            for child in stage:
                self._finish(child)
        self._held.close()
        self._tell_keeper("done")
        if self._keeper is not None and self._keeper.stdin is not None:
            self._keeper.stdin.close()
            self._keeper.wait()
        self._run_file.release()
