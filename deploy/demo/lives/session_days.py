"""The days on which people come: few enough that years pass in minutes, awkward ones among them.

Learners come on the 1st and the 15th of a month and on 29 February and 31 January, at an hour that
differs from day to day; in between, only retention, reminders and newsletters happen.
"""

import calendar
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
REGULAR_DAYS: Final = (1, 15)


def end_of(years: int) -> datetime:
    """Return the instant, in UTC, at which a demonstration of `years` years ends."""
    return (START + relativedelta(years=years)).astimezone(UTC)


def session_instants(years: int, seed: int) -> tuple[datetime, ...]:
    """Return the instants, in UTC, at which people come, in order."""
    rng = random.Random(f"{seed}:session days")  # noqa: S311 - a reproducible plan
    last = START.date() + relativedelta(years=years)
    instants = []
    day = START.date() + timedelta(days=1)
    while day < last:
        if day.day in REGULAR_DAYS or (day.month, day.day) in {(1, 31), (2, 29)}:
            hour = rng.randrange(OPENING_HOUR, CLOSING_HOUR)
            moment = time(hour, rng.randrange(60), rng.randrange(60), tzinfo=PARIS)
            instants.append(datetime.combine(day, moment).astimezone(UTC))
        day += timedelta(days=1)
    return tuple(instants)


def is_leap_day(instant: datetime) -> bool:
    """Say whether it is 29 February in Paris at `instant`."""
    local = instant.astimezone(PARIS)
    return calendar.isleap(local.year) and (local.month, local.day) == (2, 29)
