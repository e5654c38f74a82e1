"""The instant by the machine's own clock, also where the system lives by a virtual one.

How old knowledge is depends on how long messages take, which no virtual clock knows.
"""

from typing import Final

from shared.clock import SystemClock

_CLOCK: Final = SystemClock()


def instant() -> float:
    """Return seconds since the epoch."""
    return _CLOCK.now().timestamp()
