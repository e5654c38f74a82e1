"""What was held and forgotten each calendar year."""

from collections.abc import Iterable
from datetime import datetime

from deploy.demo.lives.session_days import PARIS
from deploy.demo.oracle.keys import KeyLife
from deploy.demo.report.model import CategoryYear, YearCount
from shared.personal import Category


def yearly(keys: Iterable[KeyLife], first: int, last: int) -> tuple[YearCount, ...]:
    """Return the counts of every year from `first` to `last`, by category."""
    lives = list(keys)
    present = sorted({key.category for key in lives})
    return tuple(
        YearCount(
            year=year,
            categories={category: _count(lives, category, year) for category in present},
        )
        for year in range(first, last + 1)
    )


def _count(lives: list[KeyLife], category: Category, year: int) -> CategoryYear:
    born = [_year(key.created_at) for key in lives if key.category == category]
    gone = [_year(k.gone_at) for k in lives if k.category == category and k.gone_at]
    return CategoryYear(
        new=born.count(year),
        forgotten=gone.count(year),
        held_at_end=sum(y <= year for y in born) - sum(y <= year for y in gone),
    )


def _year(at: datetime) -> int:
    return at.astimezone(PARIS).year
