"""Statistics: pooling contributions and releasing what is safe, in memory, nothing else."""

import tracemalloc
from collections import Counter
from collections.abc import Sequence
from random import Random
from time import perf_counter
from typing import Final

from bench.rows import Row, at_most
from bench.stage import Stage
from services.learning.domain.statistics.categories import (
    ALL,
    DURATION,
    ENROLMENTS,
    PROGRESS,
    of_exercise,
    path,
)
from services.learning.domain.statistics.contribution import Contribution
from services.learning.domain.statistics.pool import Pool, added, confirmed
from services.learning.domain.statistics.release import release, wider
from services.learning.domain.statistics.table import table

MODULES: Final = 200
EXERCISES: Final = 10
COHORTS: Final = 40
EACH: Final = 25
"""Contributions of a module and cohort, about; some cohorts stay under ten."""
MEBIBYTE: Final = 2**20


async def measure(stage: Stage) -> list[Row]:
    """Measure 200 modules of 10 exercises over 40 cohorts against sums without any protection."""
    random = Random(stage.seed)  # noqa: S311 - invented facts
    modules = stage.size(MODULES, 2)
    plain = pooled = summed = released = tabled = 0.0
    contributions = figures = 0
    module: list[Contribution] = []
    for _ in range(modules):
        module = _contributions(random)
        contributions += len(module)

        began = perf_counter()
        sums = _summed(module)
        plain += perf_counter() - began

        began = perf_counter()
        pool = _pooled(module)
        pooled += perf_counter() - began

        began = perf_counter()
        _unprotected(sums)
        summed += perf_counter() - began

        began = perf_counter()
        after = release(pool, "2045-Q1")
        released += perf_counter() - began
        figures += len(after.unannounced)

        began = perf_counter()
        table(after.unannounced)
        tabled += perf_counter() - began

    tracemalloc.start()
    release(_pooled(module), "2045-Q1")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    size = f"{modules} modules x {EXERCISES} exercises x {COHORTS} cohorts"
    return [
        Row(
            f"statistics: adding {contributions:,} contributions to pools",
            pooled,
            "s",
            plain,
            "plain sums",
        ),
        Row(
            f"statistics: release of {size}, {figures:,} figures",
            released,
            "s",
            summed,
            "tables of all sums, nothing withheld",
            goal=at_most(10),
        ),
        Row("statistics: tables as they are read", tabled, "s"),
        Row("statistics: memory of one module, pool and release, peak", peak / MEBIBYTE, "MiB"),
    ]


def _contributions(random: Random) -> list[Contribution]:
    exercises = [f"e-{number}" for number in range(EXERCISES)]
    ends = ["certified", "completed", *(f"stopped:{one}" for one in exercises)]
    found = []
    for cohort in range(COHORTS):
        scope = f"{2030 + cohort // 4}-Q{cohort % 4 + 1}"
        for _ in range(random.randrange(2 * EACH)):
            leaves = {
                PROGRESS: random.choices(ends, [40, 20, *[4] * EXERCISES])[0],
                DURATION: random.choice(["up_to_7", "8_to_30", "31_to_90", "over_90"]),
            }
            for one in exercises:
                leaves[of_exercise(one)] = random.choice(
                    ["once_75", "once_50", "again_75", "again_50", "below"]
                )
            found.append(Contribution(scope, new_person=True, leaves=leaves))
    return found


def _pooled(module: Sequence[Contribution]) -> Pool:
    pool = Pool()
    for number, one in enumerate(module):
        pool = confirmed(added(pool, str(number), one), str(number))
    return pool


Sums = Counter[tuple[str, str, str]]


def _summed(module: Sequence[Contribution]) -> Sums:
    sums: Sums = Counter()
    for one in module:
        sums[one.cohort, ENROLMENTS, ALL] += 1
        for about, leaf in one.leaves.items():
            sums[one.cohort, about, leaf] += 1
    return sums


def _unprotected(sums: Sums) -> dict[tuple[str, str, int, str], int]:
    """Return the tables that a release makes, as if everything could be shown."""
    cells: dict[tuple[str, str, int, str], int] = {}
    for (cohort, about, leaf), count in sums.items():
        categories = (leaf,) if about == ENROLMENTS else path(about, leaf)
        for scope in (cohort, wider(cohort), ALL):
            for level, category in enumerate(categories):
                place = (scope, about, level, category)
                cells[place] = cells.get(place, 0) + count
    return cells
