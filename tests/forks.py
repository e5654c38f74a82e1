"""Programs of the tests as forks of one process, which has imported what they share."""

import atexit
import os
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from deploy.cli.system import IMPORTED_ONCE
from shared.engines.service import PROCESS
from shared.forking import ForkedProcess, ForkServer

COMMANDS_NEED: Final = ("typer", "typer.rich_utils", "rich.live", "rich.progress", "httpx")


@cache
def forks() -> ForkServer:
    """Return the fork server of this run; it ends with this process."""
    log = Path(tempfile.mkdtemp(prefix="carionexiq-forks-")) / "forks.log"
    server = ForkServer([*IMPORTED_ONCE, *COMMANDS_NEED], log, PROCESS)
    atexit.register(server.__exit__, None, None, None)
    return server.__enter__()


def started(*program: str, environment: Mapping[str, str]) -> ForkedProcess:
    """Start `python -m` of `program`, which reads nothing and writes to nobody."""
    with Path(os.devnull).open("r+b") as nothing:
        return forks().start(program, environment, stdin=nothing, stdout=nothing, stderr=nothing)
