"""How a command ends: one line for people, one number for programs."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Final

import httpx
import typer
from aiokafka.errors import KafkaError
from rich.console import Console

from shared.engines import (
    AlreadyRunningError,
    DiskFullError,
    EngineError,
    GaveUpError,
    MissingDependencyError,
    PortBusyError,
    StartFailedError,
)
from shared.settings import ConfigurationError

console: Final = Console(highlight=False, soft_wrap=True)
errors: Final = Console(stderr=True, highlight=False, soft_wrap=True)


class ExitCode(IntEnum):
    """Exit codes of `carionexiq`; `carionexiq --help` lists them."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    BAD_SETTING = 3
    PORT_BUSY = 4
    MISSING_DEPENDENCY = 5
    DISK_FULL = 6
    NOT_STARTED = 7
    WRONG_STATE = 8


MEANINGS: Final = {
    ExitCode.DONE: "done",
    ExitCode.FAILED: "the command could not be carried out",
    ExitCode.USAGE: "wrong use of the command line",
    ExitCode.BAD_SETTING: "a setting is missing or wrong",
    ExitCode.PORT_BUSY: "a port is taken by another program",
    ExitCode.MISSING_DEPENDENCY: "a program or package is missing and could not be fetched",
    ExitCode.DISK_FULL: "the disk is full, or nearly",
    ExitCode.NOT_STARTED: "a process did not come up, or kept dying",
    ExitCode.WRONG_STATE: "the system runs and should not, or the other way round",
}

_CODES: Final[dict[type[EngineError], ExitCode]] = {
    PortBusyError: ExitCode.PORT_BUSY,
    MissingDependencyError: ExitCode.MISSING_DEPENDENCY,
    DiskFullError: ExitCode.DISK_FULL,
    StartFailedError: ExitCode.NOT_STARTED,
    GaveUpError: ExitCode.NOT_STARTED,
    AlreadyRunningError: ExitCode.WRONG_STATE,
}


class CommandError(Exception):
    """A command cannot go on; the message is one line."""

    def __init__(self, message: str, code: ExitCode = ExitCode.FAILED) -> None:
        super().__init__(message)
        self.code = code


@contextmanager
def told() -> Iterator[None]:
    """Turn what is expected to go wrong into one line on standard error and an exit code."""
    try:
        yield
    except CommandError as error:
        raise _exit(str(error), error.code) from error
    except ConfigurationError as error:
        raise _exit(str(error), ExitCode.BAD_SETTING) from error
    except EngineError as error:
        raise _exit(str(error), _CODES.get(type(error), ExitCode.FAILED)) from error
    except httpx.HTTPError as error:
        raise _exit(f"no answer ({type(error).__name__})", ExitCode.FAILED) from error
    except KafkaError as error:
        raise _exit(f"Kafka: {type(error).__name__}", ExitCode.FAILED) from error
    except OSError as error:
        if error.errno == errno.ENOSPC:
            line = f"disk full while writing {error.filename or 'a file'}: free some space"
            raise _exit(line, ExitCode.DISK_FULL) from error
        raise _exit(f"{error.strerror}: {error.filename}", ExitCode.FAILED) from error


def _exit(line: str, code: ExitCode) -> typer.Exit:
    errors.print(f"[bold red]carionexiq:[/] {' '.join(line.split())}", markup=True)
    return typer.Exit(code)
