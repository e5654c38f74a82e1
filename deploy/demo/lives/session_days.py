"""The days on which people come: few enough that years pass in minutes, awkward ones among them.

Learners come on the 1st of a month, on 29 February and 31 January, and on the 15th when they have a
reason to, at an hour that differs from day to day; in between, only retention, reminders and
newsletters happen.
"""

import random
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

PARIS: Final = ZoneInfo("Europe/Paris")
START: Final = datetime(2025, 1, 12, tzinfo=PARIS)
"""The day of the policy's last update; local midnight."""
OPENING_HOUR: Final = 7
CLOSING_HOUR: Final = 22
MIDDLE: Final = 15
AWKWARD: Final = ((1, 31), (2, 29))


def end_of(years: int) -> datetime:
    """Return the instant, in UTC, at which a demonstration of `years` years ends."""
    return (START + relativedelta(years=years)).astimezone(UTC)


def session_instants(years: int, seed: int) -> tuple[datetime, ...]:
    """Return the instants, in UTC, at which people may come, in order."""
    rng = random.Random(f"{seed}:session days")  # noqa: S311 - a reproducible plan
    last = START.date() + relativedelta(years=years)
    instants = []
    day = START.date() + timedelta(days=1)
    while day < last:
        if day.day in (1, MIDDLE) or (day.month, day.day) in AWKWARD:
            hour = rng.randrange(OPENING_HOUR, CLOSING_HOUR)
            moment = time(hour, rng.randrange(60), rng.randrange(60), tzinfo=PARIS)
            instants.append(datetime.combine(day, moment).astimezone(UTC))
        day += timedelta(days=1)
    return tuple(instants)


def is_usual(instant: datetime) -> bool:
    """Say whether anybody may come at `instant` without a reason of their own."""
    return instant.astimezone(PARIS).day != MIDDLE
