"""Ends what a killed supervisor left behind: `python keeper.py`, standard library only.

It reads lines from the supervisor, `+GROUP` for a process group that was started and `-GROUP`
for one that ended. When the pipe closes without `done`, the supervisor is gone, however it went,
and the keeper ends every group that is left: first asking, then killing.
"""

import os
import signal
import sys
import time

GRACE_SECONDS = 10.0


def main() -> None:
    """Keep the list until the supervisor says `done` or disappears."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: list[int] = []
    for line in sys.stdin:
        word = line.strip()
        if word == "done":
            return
        group = int(word[1:])
        if word.startswith("+"):
            groups.append(group)
        elif group in groups:
            groups.remove(group)
    end(groups)


def end(groups: list[int]) -> None:
    """End every process group of `groups`, the last started first."""
    left = [group for group in reversed(groups) if _signal(group, signal.SIGTERM)]
    deadline = time.monotonic() + GRACE_SECONDS
    while left and time.monotonic() < deadline:
        time.sleep(0.1)
        left = [group for group in left if _signal(group, 0)]
    for group in left:
        _signal(group, signal.SIGKILL)


def _signal(group: int, number: int) -> bool:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


if __name__ == "__main__":
    main()
