"""Coming of age: the only thing a birth date is used for (C1.1, C11)."""

from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

AGE_OF_MAJORITY: Final = 18
"""Completed years (Code civil, art. 414)."""
BLOCKED_FOR: Final = timedelta(days=7)
"""How long an account waits for a guardian, in calendar days of Paris (C11.2)."""
PARIS: Final = ZoneInfo("Europe/Paris")


def majority_day(birth_date: date) -> date:
    """Return the first day on which the person is of age.

    A year without 29 February has no day of the same number, so the term ends with the last day
    of that month (Code de procédure civile, art. 641), and it ends at midnight (art. 642): someone
    born on 29 February comes of age on 1 March of a common year.

    Raises:
        ValueError: the day lies beyond the year 9999.
    """
    year = birth_date.year + AGE_OF_MAJORITY
    try:
        return birth_date.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def is_minor(birth_date: date, today: date) -> bool:
    """Whether the person is under 18 on `today`, a calendar day in Europe/Paris."""
    return today < majority_day(birth_date)


def block_ends(at: datetime) -> datetime:
    """Return when an account blocked at `at` goes: 7 days later at the same time of day in Paris.

    The retention rule `minor-without-agreement` counts the same way.
    """
    return (at.astimezone(PARIS) + BLOCKED_FOR).astimezone(UTC)
