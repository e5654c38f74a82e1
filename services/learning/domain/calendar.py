"""Calendar rules: contracts and accounting years follow the calendar of Paris."""

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

PARIS: Final = ZoneInfo("Europe/Paris")

LAST_OF_FEBRUARY: Final = 28


def paris_date(at: datetime) -> date:
    """Return the day it is in Paris at the aware instant `at`."""
    return at.astimezone(PARIS).date()


def a_year_after(day: date) -> date:
    """Return the same day twelve months later; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=LAST_OF_FEBRUARY)


def accounting_year_end(day: date) -> date:
    """Return 31 December of the accounting year that `day` belongs to (C2.8)."""
    return date(day.year, 12, 31)
