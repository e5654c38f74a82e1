"""What may be shown of a pool: sets of enrolments, released whole, of ten persons or more.

Every figure ever shown is a sum over released sets, and so is every difference between two of them:
between a total and its parts, between two releases, between a number and its distribution. So it is
enough that each set is safe when it is released:

* at level 0 it holds at least `K` different persons;
* at a further level it is a union of sets of the level above in which every category is empty or
  holds at least `K` different persons (k-anonymity), and at least two are not empty, since a
  category that holds everybody would tell of each what it tells of all (l-diversity).

What is not safe waits for company, and so does its part in every total: that is the complementary
suppression. After `PATIENCE` releases it is joined with the other rest of its year, then with that
of all years. Within a union only transport polytopes remain unknown, whose margins are 0 or at
least `K`; a cell of one is either known, then 0 or at least `K`, or uncertain by at least `K`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from services.learning.domain.statistics.categories import (
    ALL,
    ENROLMENTS,
    LEVELS,
    NOT_REACHED,
    About,
    path,
)
from services.learning.domain.statistics.pool import (
    TOKENS_KEPT,
    Arriving,
    Count,
    Figure,
    Pool,
    Tally,
    Waiting,
    plus,
    together,
    total,
)

K: Final = 10
"""Fewest different persons behind anything shown, and behind any difference of what is shown."""

DIVERSITY: Final = 2
"""Fewest categories that a distribution must really have."""

PATIENCE: Final = 4
"""Releases that a rest waits at its scope before it is joined with others."""

YEAR_LENGTH: Final = 4


def release(pool: Pool, period: str, *, least: int = K) -> Pool:
    """Return `pool` after its release of `period`; the figures are its `unannounced`.

    Args:
        pool: once a period; what it released before has to be announced first.
        period: the present quarter, `YYYY-Qn`.
        least: fewest different persons in a set and in each of its categories.
    """
    if pool.period == period or pool.unannounced:
        return pool
    figures: list[Figure] = []
    arriving, released = _released_arriving(pool.arriving, least)
    waiting = {(one.level, one.scope, one.about): one for one in pool.waiting}
    for one in released:
        figures.append(Figure(one.scope, ENROLMENTS, 0, {ALL: one.count[0]}))
        for about, tally in one.tallies.items():
            _join(waiting, Waiting(one.scope, about, 1, _whole(tally, one.count)))
    for level in range(1, LEVELS + 1):
        figures += _released_waiting(waiting, level, least)
    return replace(
        pool,
        arriving=arriving,
        waiting=tuple(waiting.values()),
        tokens=_still_needed(pool),
        releases=pool.releases + 1,
        period=period,
        unannounced=tuple(figures),
    )


def categories_at(about: About, tally: Tally, level: int) -> dict[str, Count]:
    """Return the counts of `tally` by the categories of `level`, 1 to 3."""
    counts: dict[str, Count] = {}
    for leaf, count in tally.items():
        category = path(about, leaf)[level - 1]
        counts[category] = plus(counts.get(category, (0, 0)), count)
    return counts


def is_safe(counts: Mapping[str, Count], least: int = K) -> bool:
    """Whether a distribution may be shown of a set: several categories, `least` persons in each."""
    there = [persons for enrolments, persons in counts.values() if enrolments]
    return len(there) >= DIVERSITY and min(there) >= least


def wider(scope: str) -> str:
    """Return the scope around `scope`: a cohort's year, and all years around a year."""
    return ALL if len(scope) <= YEAR_LENGTH else scope[:YEAR_LENGTH]


def _released_arriving(
    arriving: Mapping[str, Arriving], least: int
) -> tuple[dict[str, Arriving], list[Arriving]]:
    """Return what still arrives after a release, and what it releases."""
    left, released = dict(arriving), []
    for scope in _narrow_first(left):
        one = left.pop(scope)
        if one.count[1] >= least:
            released.append(one)
        elif one.age + 1 < PATIENCE or scope == ALL:
            left[scope] = replace(one, age=one.age + 1)
        else:
            rest = left.get(wider(scope), Arriving(wider(scope)))
            left[rest.scope] = replace(
                rest,
                count=plus(rest.count, one.count),
                tallies={
                    about: together(rest.tallies.get(about, {}), one.tallies.get(about, {}))
                    for about in {**rest.tallies, **one.tallies}
                },
            )
    return left, released


Place = tuple[int, str, About]


def _released_waiting(waiting: dict[Place, Waiting], level: int, least: int) -> Iterator[Figure]:
    """Yield the figures of `level`, while what they release goes on to the next level."""
    here = {place: one for place, one in waiting.items() if place[0] == level}
    by_scope: dict[str, list[About]] = {}
    for _, scope, about in here:
        by_scope.setdefault(scope, []).append(about)
    for scope in _narrow_first(by_scope):
        for about in by_scope[scope]:
            one = waiting.pop((level, scope, about))
            counts = categories_at(about, one.tally, level)
            if is_safe(counts, least):
                shown = {name: n for name, (n, _) in sorted(counts.items())}
                yield Figure(scope, about, level, shown)
                if level < LEVELS:
                    _join(waiting, Waiting(scope, about, level + 1, one.tally))
            elif one.age + 1 < PATIENCE or scope == ALL:
                waiting[level, scope, about] = replace(one, age=one.age + 1)
            elif _join(waiting, replace(one, scope=wider(scope), age=0)):
                by_scope.setdefault(wider(scope), []).append(about)


def _join(waiting: dict[Place, Waiting], one: Waiting) -> bool:
    """Add `one` to what waits at its place; return whether nothing did."""
    place = (one.level, one.scope, one.about)
    there = waiting.get(place)
    if there is not None:
        one = replace(there, tally=together(there.tally, one.tally))
    waiting[place] = one
    return there is None


def _narrow_first(scopes: Mapping[str, object]) -> Iterator[str]:
    """Yield cohorts, then years, then all years, also those that come in meanwhile."""
    for is_rank in (_is_cohort, _is_year, _is_all):
        yield from sorted(filter(is_rank, scopes))


def _is_cohort(scope: str) -> bool:
    return len(scope) > YEAR_LENGTH


def _is_year(scope: str) -> bool:
    return len(scope) == YEAR_LENGTH


def _is_all(scope: str) -> bool:
    return scope == ALL


def _whole(tally: Tally, count: Count) -> Tally:
    """Return `tally` over all of a set: who met no such exercise has not reached it.

    An exercise may have come into the module meanwhile; what is missing would tell how many.
    """
    there = total(tally.values())
    if there == count:
        return tally
    missing = (count[0] - there[0], count[1] - there[1])
    return together(tally, {NOT_REACHED: missing})


def _still_needed(pool: Pool) -> dict[str, int | None]:
    return {
        token: since
        for token, since in pool.tokens.items()
        if since is None or since + TOKENS_KEPT > pool.releases
    }
