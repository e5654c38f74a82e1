"""Cohorts: who started a module in the same quarter of Paris, whom somebody teaches together."""

from datetime import datetime
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from pydantic import StringConstraints

PARIS: Final = ZoneInfo("Europe/Paris")

Cohort = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-Q[1-4]$")]
"""A quarter of enrolment, `YYYY-Qn`."""


def cohort_of(enrolled_at: datetime) -> str:
    """Return the quarter, in Paris, of the aware instant `enrolled_at`."""
    day = enrolled_at.astimezone(PARIS).date()
    return f"{day.year:04d}-Q{(day.month + 2) // 3}"
