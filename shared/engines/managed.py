"""The shape of everything the supervisor runs."""

import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from shared.engines.errors import MissingDependencyError

Report = Callable[[str, str], None]
"""Told (process name, what is happening to it), for people to read."""


class NotReadyError(Exception):
    """The process does not do its work yet; ask again."""


class Managed(ABC):
    """One process: how it is prepared, started, and known to be ready."""

    name: str
    """Short and unique: names the log file and the line in `status`."""
    ports: Mapping[int, str]
    """Loopback ports it will listen on -> the setting that changes each."""
    ready_within: float = 60.0
    """Seconds after which a process that is still not ready has failed."""
    stops_within: float = 10.0
    """Seconds between the request to stop and the kill."""

    @abstractmethod
    def prepare(self, report: Report) -> None:
        """Do what must be done once before the first start: fetch, format, create folders.

        Raises:
            EngineError: it cannot be done.
        """

    @abstractmethod
    def command(self) -> Sequence[str]:
        """Return the program and its arguments."""

    def forked(self) -> Sequence[str] | None:
        """Return module and arguments when `command` is Python's `-m` of them, to be forked."""
        return None

    def environment(self) -> Mapping[str, str]:
        """Return variables added to the supervisor's environment."""
        return {}

    @abstractmethod
    def probe(self) -> None:
        """Ask the process for a real answer.

        Raises:
            NotReadyError: it gave none.
        """


def program(name: str) -> Path:
    """Return the path of a command that was installed beside this Python.

    Raises:
        MissingDependencyError: it is not installed.
    """
    path = Path(sys.executable).parent / name
    if not path.exists():
        raise MissingDependencyError(f"{name} is not installed beside {sys.executable}: uv sync")
    return path
