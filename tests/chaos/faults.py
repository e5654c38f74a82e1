"""Which faults there are, and the schedule of a run: the same seed, the same faults."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import cycle, islice
from typing import Final

REPLICAS: Final = ("accounts-1", "accounts-2", "receipts-1", "receipts-2")
ENGINES: Final = ("broker", "database")
RELAYS: Final = ("accounts-relay", "receipts-relay")
LINKS: Final = ("to-broker", "to-database", "to-accounts-1", "to-accounts-2")


class Kind(StrEnum):
    """Ways in which the world lets a system down."""

    KILL = "kill -9"
    STOP = "SIGSTOP"
    CUT = "connections cut"
    DELAY = "connections delayed"
    PARTITION = "connections swallow everything"
    DISK_FULL = "disk full"
    CLOCK_SKEW = "clock skewed"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: what happens to whom, how long, and how much of it."""

    number: int
    kind: Kind
    target: str
    seconds: float
    amount: float = 0.0
    """Seconds of delay or of skew."""
    pause: float = 0.0
    """Seconds of peace before it."""

    def __str__(self) -> str:
        amount = f", {self.amount:+.2f} s" if self.amount else ""
        return f"{self.number:4d} {self.kind} of {self.target} for {self.seconds:.2f} s{amount}"


TARGETS: Final[dict[Kind, Sequence[str]]] = {
    Kind.KILL: (*REPLICAS, *RELAYS, *ENGINES),
    Kind.STOP: (*REPLICAS, *RELAYS, *ENGINES),
    Kind.CUT: LINKS,
    Kind.DELAY: LINKS,
    Kind.PARTITION: LINKS,
    Kind.DISK_FULL: ENGINES,
    Kind.CLOCK_SKEW: REPLICAS,
}
EVERY_PLACE: Final = [(kind, target) for kind, targets in TARGETS.items() for target in targets]

SKEWS: Final = (-86_400.0, -3_600.0, -20.0, -2.0, 2.0, 20.0, 3_600.0, 86_400.0)
LONGER_THAN_LEASES: Final = 12.0
"""A stopped process this long loses its lease and its place in the consumer group."""


def schedule(
    seed: int, count: int, places: Sequence[tuple[Kind, str]] = EVERY_PLACE
) -> list[Fault]:
    """Return the faults of the run `seed`: every place in turn, in an order of its own."""
    rng = random.Random(seed)  # noqa: S311 - repeatable on purpose
    chosen = list(islice(cycle(places), count))
    rng.shuffle(chosen)
    return [_fault(rng, number, *place) for number, place in enumerate(chosen, start=1)]


def _fault(rng: random.Random, number: int, kind: Kind, target: str) -> Fault:
    seconds = rng.uniform(0.1, 1.5)
    amount = 0.0
    match kind:
        case Kind.STOP if target not in ENGINES and rng.random() < 1 / 8:
            seconds = LONGER_THAN_LEASES
        case Kind.DELAY:
            amount = rng.uniform(0.02, 0.4)
        case Kind.CLOCK_SKEW:
            amount = rng.choice(SKEWS)
        case _:
            pass
    return Fault(
        number=number,
        kind=kind,
        target=target,
        seconds=round(seconds, 2),
        amount=round(amount, 2),
        pause=round(rng.uniform(0.0, 0.5), 2),
    )
