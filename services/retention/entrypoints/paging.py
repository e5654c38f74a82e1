"""What the data protection officer's routes share."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import Query
from pydantic import Field

from services.retention.domain.calendar import PARIS, end_of_day

PAGE: Final = 50
DayOrInstant = Annotated[date | datetime, Field(union_mode="left_to_right")]
"""`2026-12-31` is the whole day in Paris, `2026-12-31T12:00:00Z` an instant."""
Page = Annotated[int, Query(ge=1, le=100_000)]


def page_of(items: list[dict[str, Any]], page: int, total: int) -> dict[str, Any]:
    """Return one page of a list."""
    return {
        "items": items,
        "page": page,
        "per_page": PAGE,
        "total": total,
        "pages": -(-total // PAGE),
    }


def instant_of(given: datetime | date) -> datetime:
    """Return an instant; a bare day ends when it is over in Paris."""
    if not isinstance(given, datetime):
        return end_of_day(given)
    return given if given.tzinfo is not None else given.replace(tzinfo=PARIS)


def beginning_of(given: datetime | date) -> datetime:
    """Return an instant; a bare day begins in Paris."""
    return instant_of(given if isinstance(given, datetime) else given - timedelta(days=1))
