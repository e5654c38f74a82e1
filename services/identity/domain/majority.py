"""Coming of age: the only thing a birth date is used for (C1.1, C11)."""

from datetime import date
from typing import Final

from dateutil.relativedelta import relativedelta

AGE_OF_MAJORITY: Final = 18


def majority_day(birth_date: date) -> date:
    """Return the day on which the person comes of age.

    Someone born on 29 February comes of age on 28 February of a common year, since the day of
    birth has then been completed at the month's end.
    """
    return birth_date + relativedelta(years=AGE_OF_MAJORITY)


def is_minor(birth_date: date, today: date) -> bool:
    """Whether the person is under 18 on `today`, a calendar day in Europe/Paris."""
    return today < majority_day(birth_date)
