"""Terms are calendar terms in Europe/Paris; what they end at is an instant."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Annotated, Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import isodate
from dateutil.relativedelta import relativedelta
from pydantic import BeforeValidator

PARIS: Final = ZoneInfo("Europe/Paris")


class Term(NamedTuple):
    """A length of calendar time, never negative."""

    text: str
    """As written, ISO 8601, such as `P3Y`."""
    years: int
    months: int
    days: int

    def __str__(self) -> str:
        return self.text

    def as_days(self) -> float:
        """Return the mean length in days, to compare terms with one another."""
        return self.years * 365.2425 + self.months * 30.436875 + self.days


def parse_term(text: Any) -> Term:
    """Read an ISO 8601 duration of years, months, weeks and days.

    Raises:
        ValueError: it is not one, is negative, or has hours.
    """
    if isinstance(text, Term):
        return text
    try:
        parsed = isodate.parse_duration(str(text))
    except isodate.ISO8601Error:
        raise ValueError(f"{text!r} is not an ISO 8601 duration such as P3Y or P30D") from None
    years, months, days = 0, 0, parsed
    if isinstance(parsed, isodate.Duration):
        years, months, days = int(parsed.years), int(parsed.months), parsed.tdelta
        if (years, months) != (parsed.years, parsed.months):
            raise ValueError(f"{text!r} has fractions of years or months")
    if days % timedelta(days=1) or min(years, months, days.days) < 0:
        raise ValueError(f"{text!r} is not a whole, positive number of calendar days")
    return Term(str(text), years, months, days.days)


TermField = Annotated[Term, BeforeValidator(parse_term)]
"""A pydantic field written as an ISO 8601 duration."""


def add_term(at: datetime, term: Term) -> datetime:
    """Return the instant, in UTC, at which `term` from `at` ends.

    The wall clock of Paris decides: the same time of day, `term` later on the calendar. A day that
    the month lacks becomes its last day (31 January + 1 month, 29 February + 1 year). Where the
    clocks change, the later reading counts: a time that is skipped ends after the gap, a time that
    comes twice ends at its second coming. So a term is never cut short.
    """
    wall = at.astimezone(PARIS)
    day = wall.date()
    stretch = _stretch(day, term)
    if stretch is None:
        return _instant(_day_after(day, term), wall.time())
    return at.astimezone(UTC) + stretch


@lru_cache(maxsize=65_536)
def _stretch(day: date, term: Term) -> timedelta | None:
    """Return how long `term` is from any time of `day`; `None` where the clocks change."""
    end = _day_after(day, term)
    before, after = _steady_offset(day), _steady_offset(end)
    return None if before is None or after is None else end - day + before - after


def _day_after(day: date, term: Term) -> date:
    return day + relativedelta(years=term.years, months=term.months, days=term.days)


@lru_cache(maxsize=4_096)
def end_of_day(day: date) -> datetime:
    """Return the instant, in UTC, at which `day` is over in Paris."""
    if day == date.max:
        return datetime.max.replace(tzinfo=UTC)
    return _instant(day + timedelta(days=1), time.min)


def _instant(day: date, clock: time) -> datetime:
    """Return the later of the instants, in UTC, at which the clocks of Paris read so on `day`."""
    offset = _steady_offset(day)
    if offset is None:
        wall = datetime.combine(day, clock, PARIS)
        return max(wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    return datetime.combine(day, clock, UTC) - offset


@lru_cache(maxsize=16_384)
def _steady_offset(day: date) -> timedelta | None:
    """Return what Paris is ahead of UTC all through `day`; `None` when the clocks change then."""
    instants = (datetime.combine(day, at, PARIS) for at in (time.min, time.max))
    offsets = {at.replace(fold=fold).utcoffset() for at in instants for fold in (0, 1)}
    return offsets.pop() if len(offsets) == 1 else None
