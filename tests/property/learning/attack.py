"""An attacker with every table ever published, and a solver for linear programs (HiGHS).

What is published of one subject of statistics are rows (total, years, cohorts), each with counts by
category at four levels, after each release. The attacker knows the rules: that what a level shows
is among what the level above shows, that what was shown stays shown, how rows lie within rows. All
of that is linear, so the least and the greatest value of any group's size that fits everything
published are two linear programs.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import highspy

from services.learning.domain.statistics.categories import ALL, ENROLMENTS, LEVELS, About, path
from services.learning.domain.statistics.pool import Figure
from services.learning.domain.statistics.release import wider

Cell = tuple[str, int, str]
"""Row, level, category."""
Published = Mapping[Cell, int]
"""Every count on show after one release."""

PLACES: Final = 3
"""Released with the cohort, with its year, or with all years."""


@dataclass(frozen=True)
class Group:
    """Who came into the statistics with one release, of one cohort and one category."""

    release: int
    cohort: str
    level: int
    category: str


@dataclass(frozen=True)
class Bounds:
    """What the attacker knows of the size of a group."""

    least: float
    most: float

    def reveals(self, least: int) -> bool:
        """Whether the size is known, and is that of a group under `least` that is not empty."""
        return self.width < 1 and 0 < round(self.least) < least

    @property
    def width(self) -> float:
        """How uncertain the size is."""
        return self.most - self.least


def rows_of(scope: str) -> list[str]:
    """Return the rows that a set released in `scope` counts in."""
    return [scope] if scope == ALL else [scope, *rows_of(wider(scope))]


def published(figures: Sequence[Figure], about: About) -> dict[Cell, int]:
    """Return the table of one subject after `figures`, as the read model sums it up."""
    cells: dict[Cell, int] = {}
    for one in figures:
        if one.about not in (about, ENROLMENTS):
            continue
        for row in rows_of(one.scope):
            for category, count in one.counts.items():
                place = (row, one.level, category)
                cells[place] = cells.get(place, 0) + count
    return cells


class Attack:
    """Everything published of one subject, as constraints on what is not."""

    def __init__(
        self,
        tables: Sequence[Published],
        about: About,
        cohorts: Sequence[str],
        leaves: Sequence[str],
        *,
        hidden_under: int = 0,
    ) -> None:
        """Take `tables`, one a release; a missing cell is 0, or under `hidden_under`."""
        self._about, self._cohorts, self._leaves = about, cohorts, leaves
        self._solver = highspy.Highs()  # type: ignore[no-untyped-call]
        self._solver.silent()
        size = len(tables) * PLACES * (LEVELS + 1) * len(cohorts) * len(leaves)
        for _ in range(size):
            self._solver.addVar(0, highspy.kHighsInf)
        self._size = size
        for number, cells in enumerate(tables):
            self._shown(number, cells, hidden_under)
            self._nested(number)

    def bounds(self, group: Group) -> Bounds:
        """Return between what the size of `group` must lie."""
        cost = [0.0] * self._size
        for sign, number in ((1, group.release), (-1, group.release - 1)):
            for leaf in self._within(group.level, group.category) if number >= 0 else ():
                for place in range(PLACES):
                    cost[self._variable(number, place, 0, group.cohort, leaf)] += sign
        self._solver.changeColsCost(self._size, list(range(self._size)), cost)
        ends = []
        for sense in (highspy.ObjSense.kMinimize, highspy.ObjSense.kMaximize):
            self._solver.changeObjectiveSense(sense)
            self._solver.run()
            assert self._solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
            ends.append(self._solver.getInfo().objective_function_value)
        return Bounds(*ends)

    def groups(self, releases: int) -> Iterator[Group]:
        """Yield every group of every release."""
        for number in range(releases):
            for cohort in self._cohorts:
                yield Group(number, cohort, 0, ALL)
                for level in range(1, LEVELS + 1):
                    for category in sorted({self._category(level, one) for one in self._leaves}):
                        yield Group(number, cohort, level, category)

    def _shown(self, number: int, cells: Published, hidden_under: int) -> None:
        rows = dict.fromkeys(row for cohort in self._cohorts for row in rows_of(cohort))
        for row in rows:
            for level in range(LEVELS + 1):
                for category in {self._category(level, one) for one in self._leaves}:
                    count = cells.get((row, level, category))
                    terms = [
                        self._variable(number, place, level, cohort, leaf)
                        for cohort in self._cohorts
                        for place in range(PLACES)
                        if row in rows_of(cohort) and row in rows_of(rows_of(cohort)[place])
                        for leaf in self._within(level, category)
                    ]
                    if count is None:
                        self._constrain(0, max(0, hidden_under - 1), terms)
                    else:
                        self._constrain(count, count, terms)

    def _nested(self, number: int) -> None:
        """What a level shows, the level above shows; what was shown stays shown."""
        for cohort in self._cohorts:
            for leaf in self._leaves:
                for level in range(LEVELS + 1):
                    for place in range(PLACES):
                        here = self._variable(number, place, level, cohort, leaf)
                        if number:
                            before = self._variable(number - 1, place, level, cohort, leaf)
                            self._at_most([before], [here])
                        if level:
                            self._at_most(
                                [
                                    self._variable(number, p, level, cohort, leaf)
                                    for p in range(place + 1)
                                ],
                                [
                                    self._variable(number, p, level - 1, cohort, leaf)
                                    for p in range(place + 1)
                                ],
                            )

    def _at_most(self, less: list[int], more: list[int]) -> None:
        columns = [*less, *more]
        values = [1.0] * len(less) + [-1.0] * len(more)
        self._solver.addRow(-highspy.kHighsInf, 0, len(columns), columns, values)

    def _constrain(self, least: int, most: int, terms: list[int]) -> None:
        self._solver.addRow(least, most, len(terms), terms, [1.0] * len(terms))

    def _variable(self, number: int, place: int, level: int, cohort: str, leaf: str) -> int:
        index = number * PLACES + place
        index = index * (LEVELS + 1) + level
        index = index * len(self._cohorts) + self._cohorts.index(cohort)
        return index * len(self._leaves) + self._leaves.index(leaf)

    def _within(self, level: int, category: str) -> list[str]:
        return [leaf for leaf in self._leaves if self._category(level, leaf) == category]

    def _category(self, level: int, leaf: str) -> str:
        return path(self._about, leaf)[level - 1] if level else ALL
