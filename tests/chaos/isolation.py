"""A run in namespaces of its own: it may mount disks, and when it ends everything in it ends."""

import os
import shutil
import sys
from collections.abc import Sequence
from typing import Final

MARK: Final = "CARIONEXIQ_CHAOS_ISOLATED"


def isolate(arguments: Sequence[str]) -> None:
    """Start `python -m tests.chaos` again within namespaces, unless this is that start already."""
    if os.environ.get(MARK):
        return
    unshare = shutil.which("unshare")
    if unshare is None:
        sys.exit("chaos: unshare (util-linux) is needed for disks of its own")
    command = [unshare, "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    if os.geteuid() != 0:
        command.append("--map-root-user")
    command += [sys.executable, "-m", "tests.chaos", *arguments]
    os.execve(unshare, command, {**os.environ, MARK: "1"})  # noqa: S606 - our own command line
