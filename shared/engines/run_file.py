"""Which processes run on a data folder: written by the supervisor, read by `down` and `status`."""

import contextlib
import fcntl
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

import psutil
from pydantic import BaseModel, ConfigDict

from shared.engines.errors import AlreadyRunningError


class RunningProcess(BaseModel):
    """A process, told apart from a later one with the same number by when it was created."""

    model_config = ConfigDict(frozen=True)

    name: str
    pid: int
    created: float
    ports: tuple[int, ...] = ()
    restarts: int = 0

    @classmethod
    def of(
        cls, pid: int, name: str, *, ports: Sequence[int] = (), restarts: int = 0
    ) -> "RunningProcess":
        """Describe the live process `pid`.

        Raises:
            psutil.NoSuchProcess: it is gone already.
        """
        created = psutil.Process(pid).create_time()
        return cls(name=name, pid=pid, created=created, ports=tuple(ports), restarts=restarts)

    def alive(self) -> psutil.Process | None:
        """Return the process when it still runs."""
        try:
            process = psutil.Process(self.pid)
            if abs(process.create_time() - self.created) > 1:
                return None
            return None if process.status() == psutil.STATUS_ZOMBIE else process
        except psutil.NoSuchProcess:
            return None

    def wait_until_ended(self, seconds: float) -> bool:
        """Wait at most `seconds` for the process to end and say whether it has.

        A process that ended counts as ended even while its parent has not asked for its result,
        which is why waiting for its number to disappear would not do.
        """
        deadline = time.monotonic() + seconds
        while self.alive() is not None:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True


class Running(BaseModel):
    """What the run file holds."""

    supervisor: RunningProcess
    processes: list[RunningProcess] = []


class RunFile:
    """The run file of one data folder and the lock that makes its owner the only one."""

    def __init__(self, data_dir: Path) -> None:
        """Name the files; nothing is created yet."""
        self._folder = data_dir / "run"
        self._path = self._folder / "processes.json"
        self._lock: TextIO | None = None

    def acquire(self) -> None:
        """Become the owner, and end what a killed owner left running.

        Raises:
            AlreadyRunningError: a live supervisor owns the folder.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        lock = (self._folder / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.close()
            raise AlreadyRunningError(
                f"already running on {self._folder.parent}: "
                "`carionexiq down` stops it, CARIONEXIQ_DATA_DIR chooses another folder."
            ) from error
        self._lock = lock
        left = self.read()
        if left is not None:
            end_processes(left.processes)
        self.write([])

    def write(self, processes: Sequence[RunningProcess]) -> None:
        """Record `processes` as those that run now, in one step."""
        running = Running(
            supervisor=RunningProcess.of(os.getpid(), "supervisor"), processes=list(processes)
        )
        draft = self._path.with_suffix(".new")
        draft.write_text(running.model_dump_json())
        draft.replace(self._path)

    def release(self) -> None:
        """Forget the processes and give the folder up."""
        self._path.unlink(missing_ok=True)
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def read(self) -> Running | None:
        """Return what is recorded, or `None` when nothing runs or ever did."""
        try:
            return Running.model_validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return None

    def live(self) -> Running | None:
        """Return what is recorded when its supervisor is alive."""
        running = self.read()
        return running if running is not None and running.supervisor.alive() else None


def end_processes(processes: Sequence[RunningProcess], *, grace: float = 10.0) -> None:
    """End those of `processes` that still run, the last started first."""
    left = [process for entry in reversed(processes) if (process := entry.alive())]
    for process in left:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
    _, stubborn = psutil.wait_procs(left, timeout=grace)
    for process in stubborn:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(stubborn, timeout=grace)
