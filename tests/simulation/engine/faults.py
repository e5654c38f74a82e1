"""Which fault strikes where: drawn from the seed, counted, written into the trace."""

import hashlib
import random
from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Fault(StrEnum):
    """What can go wrong at one await on an engine."""

    DELAY = "delay"
    """The answer takes up to some seconds."""
    REFUSED = "refused"
    """It fails and had no effect."""
    LOST = "lost acknowledgement"
    """It fails though it had its effect."""
    PARTIAL = "partial write"
    """Some of the documents of a write are written, then the connection goes."""
    CRASH_BEFORE = "crash before"
    CRASH_AFTER = "crash after"
    CRASH_IN_FLIGHT = "crash in flight"
    """The process dies; what it had sent arrives a moment later all the same."""
    DUPLICATE = "duplicate"
    """The topic takes a batch twice."""
    REORDER = "reorder"
    """A partition is heard later than the others."""
    REBALANCE = "rebalance"
    """The partitions of a group are handed out anew."""
    EXPIRED = "expired member"
    """A consumer is taken for dead while it works on."""
    SKEW = "clock skew"
    """The node's clock jumps against the others'."""
    TORN = "torn write"
    """The process dies in the middle of a write to a file."""
    DISK_FULL = "disk full"


WEIGHTS: Final[Mapping[Fault, float]] = {
    Fault.DELAY: 10,
    Fault.REFUSED: 7,
    Fault.LOST: 7,
    Fault.PARTIAL: 5,
    Fault.CRASH_BEFORE: 0.2,
    Fault.CRASH_AFTER: 0.3,
    Fault.CRASH_IN_FLIGHT: 0.3,
    Fault.DUPLICATE: 6,
    Fault.REORDER: 6,
    Fault.REBALANCE: 0.6,
    Fault.EXPIRED: 0.4,
    Fault.SKEW: 1,
    Fault.TORN: 2,
    Fault.DISK_FULL: 3,
}
"""How often each kind is drawn, against the others that are possible at the same place."""

READ: Final = (
    *(Fault.DELAY, Fault.REFUSED, Fault.CRASH_BEFORE, Fault.CRASH_AFTER),
    Fault.SKEW,
)
WRITE: Final = (*READ, Fault.LOST, Fault.CRASH_IN_FLIGHT)
WRITE_MANY: Final = (*WRITE, Fault.PARTIAL)
SEND: Final = (*WRITE, Fault.DUPLICATE)
POLL: Final = (
    *(Fault.DELAY, Fault.REORDER, Fault.REBALANCE, Fault.EXPIRED),
    *(Fault.CRASH_BEFORE, Fault.SKEW),
)
FILE: Final = (
    *(Fault.DELAY, Fault.DISK_FULL, Fault.TORN),
    *(Fault.CRASH_BEFORE, Fault.CRASH_AFTER),
)


class Faults:
    """Draws faults for one run and remembers them all."""

    def __init__(self, rng: random.Random, *, rate: float, most: int | None = None) -> None:
        """Strike a share `rate` of all calls, and stop after `most` faults."""
        self.rng = rng
        self.rate = rate
        self.most = most
        self.active = False
        """Whether anything is to go wrong at present."""
        self.counts: Counter[Fault] = Counter()
        self.calls = 0
        self._trace = hashlib.sha256()

    @property
    def total(self) -> int:
        """How many faults there have been."""
        return sum(self.counts.values())

    def draw(self, possible: tuple[Fault, ...], share: float = 1.0) -> Fault | None:
        """Return what strikes the next call, if anything does; `share` makes it rarer."""
        self.calls += 1
        exhausted = self.most is not None and self.total >= self.most
        if not self.active or exhausted or self.rng.random() >= self.rate * share:
            return None
        fault = self.rng.choices(possible, [WEIGHTS[one] for one in possible])[0]
        self.counts[fault] += 1
        return fault

    def note(self, line: str) -> None:
        """Write `line` into the trace, of which the digest is kept."""
        self._trace.update(line.encode() + b"\n")

    @property
    def digest(self) -> str:
        """What tells this run from every other that went differently anywhere."""
        return self._trace.hexdigest()
