"""Invented lives: seeded, varied, as lists of dated public events."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from deploy.simulation import told
from services.retention.domain.life.fold import Happened
from shared.events.base import PublicEvent

BEGIN: Final = datetime(2026, 1, 1, 8, tzinfo=UTC)
MOMENT: Final = timedelta(minutes=1)
"""Between what is done at one sitting."""
ANSWERS_PER_COURSE: Final = 6
KINDS: Final[dict[str, int]] = {
    "returning": 30,
    "leaves": 24,
    "certified": 22,
    "prospect": 12,
    "minor": 5,
    "never_confirmed": 4,
    "asks_for_erasure": 3,
}
"""Kinds of lives with their weights."""
_WEIGHED: Final = tuple(KINDS), tuple(KINDS.values())


@dataclass(frozen=True, slots=True)
class InventedLife:
    """One person's events in order of time."""

    subject: str
    happened: tuple[Happened, ...]


def invented_lives(numbers: Iterable[int], years: int, seed: int) -> Iterator[InventedLife]:
    """Yield the lives with `numbers`, which begin within the first half of `years`.

    The same number, years and seed always give the same life, whichever others are asked for.
    """
    for number in numbers:
        rng = random.Random(f"{seed}/{number}")  # noqa: S311 - invented lives, not secrets
        yield _Inventor(rng, years).invent()


class _Inventor:
    def __init__(self, rng: random.Random, years: int) -> None:
        self._rng = rng
        self._at = BEGIN + timedelta(days=rng.uniform(0, 365 * max(1, years // 2)))
        self._happened: list[Happened] = []
        self._objects = 0

    def invent(self) -> InventedLife:
        match self._rng.choices(*_WEIGHED)[0]:
            case "prospect":
                self._prospect()
            case "minor":
                self._register(minor=True)
            case "never_confirmed":
                self._register(confirmed=False)
            case "asks_for_erasure":
                self._register()
                self._course(certified=False)
                self._wait(1, 400)
                self._tell(told.ASKS_FOR_ERASURE)
            case "leaves":
                self._register()
                self._course(certified=False)
                if self._rng.random() < 0.5:  # noqa: PLR2004 - half of them
                    self._tell(told.CLOSES)
            case "certified":
                self._register()
                self._course(certified=True)
                self._support()
            case _:
                self._register()
                for _ in range(self._rng.randint(2, 5)):
                    self._course(certified=self._rng.random() < 0.6)  # noqa: PLR2004 - most
                    self._wait(60, 500)
                self._tell(told.CONSENTS)
        return InventedLife(told.WHO, tuple(self._happened))

    def _prospect(self) -> None:
        self._tell(told.CONTACTS)
        if self._rng.random() < 0.3:  # noqa: PLR2004 - some come back
            self._wait(10, 300)
            self._tell(told.CONTACTS_AGAIN)

    def _register(self, *, minor: bool = False, confirmed: bool = True) -> None:
        self._tell(told.REGISTERS_AS_MINOR if minor else told.REGISTERS)
        if minor:
            self._tell(told.IS_BLOCKED)
            self._tell(told.GUARDIAN_IS_ASKED)
        if minor or not confirmed:
            return
        self._tell(told.CONFIRMS)
        self._tell(told.DESCRIBES_PROFILE)

    def _course(self, *, certified: bool) -> None:
        enrolment = self._object("e")
        self._sign_in()
        day = self._at.date()
        self._tell(told.enrols(enrolment, day + timedelta(days=365)))
        self._tell(told.is_invoiced(self._object("f"), enrolment, date(day.year, 12, 31)))
        for exercise in range(ANSWERS_PER_COURSE):
            self._wait(1, 20)
            self._sign_in()
            self._tell(told.answers(enrolment, f"x{exercise}"))
        recording = self._object("r")
        self._tell(told.is_recorded(recording))
        if self._rng.random() < 0.2:  # noqa: PLR2004 - few keep theirs
            self._tell(told.keeps(recording))
        if certified:
            self._tell(told.is_certified(enrolment))

    def _support(self) -> None:
        request = self._object("s")
        self._tell(told.asks_support(request))
        self._wait(1, 10)
        self._tell(told.is_helped(request))

    def _sign_in(self) -> None:
        self._tell(told.SIGNS_IN)
        self._tell(told.leaves_trace(f"{self._at.year}-{self._at.month:02}"))

    def _tell(self, event: PublicEvent) -> None:
        self._at += MOMENT
        self._happened.append(Happened(event, self._at, len(self._happened) + 1))

    def _wait(self, shortest: int, longest: int) -> None:
        self._at += timedelta(days=self._rng.uniform(shortest, longest))

    def _object(self, kind: str) -> str:
        self._objects += 1
        return f"{kind}{self._objects}"
