"""Released figures as a table: a module's enrolments in all, by year and by cohort.

A row sums up the sets released in it. It may lack enrolments that still wait, in every row alike,
so that no row can be taken from another to learn of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from services.learning.domain.statistics.categories import ALL, ENROLMENTS, About
from services.learning.domain.statistics.pool import Figure
from services.learning.domain.statistics.release import YEAR_LENGTH

QUARTERS: Final = ("Q1", "Q2", "Q3", "Q4")


@dataclass(frozen=True, slots=True)
class Distribution:
    """How a row's enrolments are spread, as finely as most of them can be shown."""

    about: About
    level: int
    enrolments: int
    """How many it covers: those that can be shown at this level."""
    counts: tuple[tuple[str, int], ...]
    """Enrolments by category, in the categories' order of name."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a module's table."""

    scope: str
    kind: Literal["total", "year", "cohort"]
    enrolments: int
    """0 where nothing is shown: nobody enrolled, or too few to be shown."""
    distributions: tuple[Distribution, ...]


def table(figures: Sequence[Figure]) -> tuple[Row, ...]:
    """Return the rows of `figures`: the total, then each year followed by its cohorts.

    Every cohort of a year is a row, so that an empty one and one that is not shown look the same.
    """
    if not figures:
        return ()
    years = sorted({one.scope[:YEAR_LENGTH] for one in figures} - {ALL})
    rows = [_row(ALL, "total", figures)]
    for number in range(int(years[0]), int(years[-1]) + 1) if years else ():
        year = f"{number:04d}"
        rows.append(_row(year, "year", [one for one in figures if one.scope.startswith(year)]))
        for quarter in QUARTERS:
            cohort = f"{year}-{quarter}"
            rows.append(_row(cohort, "cohort", [one for one in figures if one.scope == cohort]))
    return tuple(rows)


def _row(scope: str, kind: Literal["total", "year", "cohort"], figures: Sequence[Figure]) -> Row:
    enrolments = sum(_size(one) for one in figures if one.about == ENROLMENTS)
    about = sorted({one.about for one in figures} - {ENROLMENTS})
    return Row(
        scope,
        kind,
        enrolments,
        tuple(_distribution([f for f in figures if f.about == one], enrolments) for one in about),
    )


def _distribution(figures: Sequence[Figure], enrolments: int) -> Distribution:
    levels = {one.level for one in figures}
    covered = {level: sum(_size(f) for f in _at(figures, level)) for level in levels}
    deep = [level for level in levels if 2 * covered[level] >= enrolments]
    level = max(deep) if deep else max(levels, key=lambda one: (covered[one], one))
    counts: dict[str, int] = {}
    for figure in _at(figures, level):
        for category, n in figure.counts.items():
            counts[category] = counts.get(category, 0) + n
    return Distribution(figures[0].about, level, covered[level], tuple(sorted(counts.items())))


def _at(figures: Sequence[Figure], level: int) -> Iterable[Figure]:
    return (one for one in figures if one.level == level)


def _size(figure: Figure) -> int:
    return sum(figure.counts.values())
