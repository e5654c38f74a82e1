"""Forecasts for many lives, divided among the machine's cores, in memory that does not grow."""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from itertools import islice
from typing import Final

from deploy.simulation.forecast import Forecast, forecast
from deploy.simulation.lives import invented_lives
from services.retention.domain.ruleset.model import RuleSet

AT_ONCE: Final = 1_000
"""Lives that one process takes at a time."""
AHEAD: Final = 2
"""Portions per process that wait or are worked on, so that none is idle and none pile up."""


def forecasts(
    sets: Sequence[RuleSet],
    learners: int,
    years: int,
    seed: int,
    advanced: Callable[[int], None] = lambda _: None,
) -> list[Forecast]:
    """Return what each of `sets` does to the same `learners` lives, whichever core took them.

    Args:
        sets: the rule sets.
        learners: how many lives are invented.
        years: how long each is followed.
        seed: same seed, same lives.
        advanced: told how many lives are done since it was last told.
    """
    results = [Forecast() for _ in sets]
    portions = _portions(learners)
    processes = min(os.cpu_count() or 1, -(-learners // AT_ONCE))
    if processes == 1:
        for portion in portions:
            _add(results, _portion(sets, portion, years, seed))
            advanced(len(portion))
        return results
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        under_way: dict[Future[list[Forecast]], int] = {}

        def begin(portion: range) -> None:
            future = pool.submit(_portion, sets, portion, years, seed)
            under_way[future] = len(portion)

        for portion in islice(portions, processes * AHEAD):
            begin(portion)
        while under_way:
            done, _ = wait(under_way, return_when=FIRST_COMPLETED)
            for future in done:
                advanced(under_way.pop(future))
                _add(results, future.result())
                for portion in islice(portions, 1):
                    begin(portion)
    return results


def _portions(learners: int) -> Iterator[range]:
    for first in range(0, learners, AT_ONCE):
        yield range(first, min(first + AT_ONCE, learners))


def _portion(sets: Sequence[RuleSet], numbers: range, years: int, seed: int) -> list[Forecast]:
    lives = list(invented_lives(numbers, years, seed))
    return [forecast(rules, lives, years) for rules in sets]


def _add(results: Sequence[Forecast], more: Sequence[Forecast]) -> None:
    for result, one in zip(results, more, strict=True):
        result.add(one)
