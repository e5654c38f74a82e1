"""Invented staff's normal reading: roles, busy weeks, early mornings, colleagues who stand in."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Final

from services.identity.domain.anomaly.facts import Reading

ROLES: Final = {"trainer": 26, "support": 18, "billing": 14, "counsellor": 12}
"""Persons read on an ordinary day."""
RELATED: Final = 0.96
STANDS_IN: Final = 0.01
"""Days on which somebody does a colleague's work as well."""
EARLY_OR_LATE: Final = 0.03
BUSY_WEEKS: Final = 6
"""A year, before certifications and closings."""


def role_of(number: int) -> str:
    """Return the role of the member of staff with this number."""
    return tuple(ROLES)[number % len(ROLES)]


def days_of(
    number: int, random: Random, start: datetime, days: int
) -> Iterator[tuple[datetime, list[Reading]]]:
    """Yield each day's midnight and readings, in order of time."""
    pace = random.gauss(1, 0.2)
    for day in range(days):
        midnight = start + timedelta(days=day)
        week = day // 7
        off = midnight.weekday() >= 5 or week % 10 == number % 10  # noqa: PLR2004 - Saturday
        if off and random.random() > 0.01:  # noqa: PLR2004 - almost never
            continue
        busy = 1.8 if week % (52 // BUSY_WEEKS) == 0 else 1.0
        stands_in = 2.0 if random.random() < STANDS_IN else 1.0
        mean = ROLES[role_of(number)] * max(0.4, pace) * busy * stands_in
        persons = max(1, round(random.lognormvariate(0, 0.35) * mean))
        early = random.random() < EARLY_OR_LATE
        first, last = (6.3, 17.0) if early else (8.2, 17.8)
        readings = [
            Reading(
                midnight + timedelta(hours=random.uniform(first, last)),
                f"person-{random.randrange(5000)}",
                random.random() < RELATED,
            )
            for _ in range(persons)
        ]
        yield midnight, sorted(readings, key=lambda one: one.at)
