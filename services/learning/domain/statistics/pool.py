"""The pool of a module: contributions as sums, from the moment they are made.

No contribution is kept by itself. It is added to sums at once; what can be shown of them is decided
by `release`. The pool remembers random tokens so that each enrolment is added once; a token says
nothing to who cannot open the enrolment it came from.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from services.learning.domain.statistics.categories import About
from services.learning.domain.statistics.contribution import Contribution

Count = tuple[int, int]
"""Enrolments, and the different persons who are surely among them."""

Tally = Mapping[str, Count]
"""Counts by leaf."""

TOKENS_KEPT: Final = 2
"""Releases after which the token of an enrolment that knows of its contribution is let go."""


@dataclass(frozen=True, slots=True)
class Arriving:
    """Contributions of one scope that no figure contains yet."""

    scope: str
    """Cohort `YYYY-Qn`, year `YYYY` or `all`."""
    count: Count = (0, 0)
    tallies: Mapping[About, Tally] = field(default_factory=dict)
    age: int = 0
    """Releases it has waited for."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Enrolments that figures contain down to the level above, and not yet at `level`."""

    scope: str
    about: About
    level: int
    tally: Tally
    age: int = 0


@dataclass(frozen=True, slots=True)
class Figure:
    """How many enrolments more lie in each category: one set of enrolments, released whole."""

    scope: str
    about: About
    level: int
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Pool:
    """Everything of a module that has been contributed and not been shown in full detail."""

    arriving: Mapping[str, Arriving] = field(default_factory=dict)
    waiting: tuple[Waiting, ...] = ()
    tokens: Mapping[str, int | None] = field(default_factory=dict)
    """The release before which the enrolment knew that it had been added; `None` until it does."""
    releases: int = 0
    period: str = ""
    """Quarter of the latest release."""
    unannounced: tuple[Figure, ...] = ()
    """Figures of the latest release, until they are recorded as an event."""


def added(pool: Pool, token: str, contribution: Contribution) -> Pool:
    """Return `pool` with `contribution` in it, once for each `token`."""
    if token in pool.tokens:
        return pool
    scope = contribution.cohort
    one = (1, int(contribution.new_person))
    before = pool.arriving.get(scope, Arriving(scope))
    tallies = dict(before.tallies)
    for about, leaf in contribution.leaves.items():
        tally = tallies.get(about, {})
        tallies[about] = {**tally, leaf: plus(tally.get(leaf, (0, 0)), one)}
    after = replace(before, count=plus(before.count, one), tallies=tallies)
    return replace(
        pool,
        arriving={**pool.arriving, scope: after},
        tokens={**pool.tokens, token: None},
    )


def confirmed(pool: Pool, token: str) -> Pool:
    """Return `pool` once the enrolment behind `token` has recorded that it contributed."""
    if pool.tokens.get(token, 0) is not None:
        return pool
    return replace(pool, tokens={**pool.tokens, token: pool.releases})


def announced(pool: Pool, period: str) -> Pool:
    """Return `pool` once the figures of the release of `period` are recorded as an event."""
    return replace(pool, unannounced=()) if pool.period == period else pool


def plus(one: Count, other: Count) -> Count:
    """Return the sum of two counts."""
    return one[0] + other[0], one[1] + other[1]


def together(one: Tally, other: Tally) -> Tally:
    """Return the sum of two tallies."""
    both = dict(one)
    for leaf, count in other.items():
        both[leaf] = plus(both.get(leaf, (0, 0)), count)
    return both


def total(counts: Iterable[Count]) -> Count:
    """Return the sum of `counts`."""
    n = persons = 0
    for one in counts:
        n, persons = n + one[0], persons + one[1]
    return n, persons
