"""From instant to instant: people's actions, the daily sweep, reminders and newsletters."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Final

from deploy.demo.lives.actions import Action, Life
from deploy.demo.lives.session_days import PARIS

SWEEP_INTERVAL: Final = timedelta(days=1)
DESTRUCTION_DELAY: Final = timedelta(days=1)
"""How long a disabled key is kept."""
SWEEP_AT: Final = time(3, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Phase:
    """What happens at the same time; order matters within one life only."""

    actions: tuple[tuple[str, tuple[Action, ...]], ...]
    """Key of a life and its actions."""


@dataclass(slots=True)
class Instant:
    """Everything that happens at one virtual instant; without phases, it is a sweep."""

    at: datetime
    phases: list[Phase] = field(default_factory=list)
    reminders: bool = False
    newsletter: bool = False


def timeline(lives: Iterable[Life], start: datetime, end: datetime) -> Iterator[Instant]:
    """Yield every instant in order: session days with their phases, and a sweep a day.

    Learners are reminded on session days; the newsletter goes out on the first of each quarter.
    """
    sessions = _sessions(lives)
    quarters: set[tuple[int, int]] = set()
    for at in sorted({*sessions, *_sweeps(start, end)}):
        phases = sessions.get(at)
        if phases is None:
            yield Instant(at)
            continue
        local = at.astimezone(PARIS)
        quarter = (local.year, (local.month - 1) // 3)
        yield Instant(at, phases, reminders=True, newsletter=quarter not in quarters)
        quarters.add(quarter)


def _sessions(lives: Iterable[Life]) -> dict[datetime, list[Phase]]:
    found: dict[datetime, dict[int, list[tuple[str, tuple[Action, ...]]]]]
    found = defaultdict(lambda: defaultdict(list))
    for life in lives:
        for step in life.steps:
            found[step.at][step.phase].append((life.key, step.actions))
    return {
        at: [Phase(tuple(phases[number])) for number in sorted(phases)]
        for at, phases in found.items()
    }


def _sweeps(start: datetime, end: datetime) -> Sequence[datetime]:
    first = datetime.combine(start.date(), SWEEP_AT)
    days = (end - first) // SWEEP_INTERVAL
    return [first + n * SWEEP_INTERVAL for n in range(1, days + 1)]
