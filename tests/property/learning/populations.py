"""Random populations of learners: cohorts, results as uneven as people's, some who come back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from hypothesis import strategies as st

from services.learning.domain.statistics.categories import DURATION, PROGRESS, of_exercise
from services.learning.domain.statistics.contribution import Contribution
from services.learning.domain.statistics.pool import Figure, Pool, added, announced
from services.learning.domain.statistics.release import K, release

COHORTS: Final = ("2030-Q1", "2030-Q2", "2031-Q3")
QUIZ: Final = of_exercise("quiz")
LEAVES: Final = {
    PROGRESS: ("certified", "completed", "stopped:quiz", "stopped:case"),
    QUIZ: ("once_75", "once_50", "again_75", "again_50", "below"),
    DURATION: ("up_to_7", "8_to_30", "31_to_90", "over_90"),
}


@dataclass(frozen=True)
class Enrolment:
    """One anonymised enrolment, and whose it was: only the test knows."""

    person: int
    contribution: Contribution


Population = Sequence[Sequence[Enrolment]]
"""What came in before each release."""


@st.composite
def populations(draw: st.DrawFn, *, releases: int = 4, most: int = 40) -> Population:
    """Return what is contributed before each of up to so many releases."""
    random = Random(draw(st.integers(0, 2**32)))  # noqa: S311 - a test's
    weights = {
        about: [draw(st.sampled_from([0, 1, 3, 20])) + 0.01 for _ in leaves]
        for about, leaves in LEAVES.items()
    }
    returning = draw(st.sampled_from([0.0, 0.1, 0.5]))
    batches: list[list[Enrolment]] = []
    people = 0
    for _ in range(draw(st.integers(1, releases))):
        batch = []
        for cohort in COHORTS:
            for _ in range(draw(st.integers(0, most))):
                again = people > 0 and random.random() < returning
                person = random.randrange(people) if again else people
                people += not again
                leaves = {
                    about: random.choices(LEAVES[about], weights[about])[0] for about in LEAVES
                }
                batch.append(Enrolment(person, Contribution(cohort, not again, leaves)))
        batches.append(batch)
    return batches


def quarter(number: int) -> str:
    """Return the quarter of a release."""
    return f"{2035 + number // 4}-Q{number % 4 + 1}"


def lived(population: Population, *, least: int = K) -> list[list[Figure]]:
    """Return the figures of each release over `population`."""
    return [list(pool.unannounced) for pool in pools(population, least=least)]


def pools(population: Population, *, least: int = K) -> Iterator[Pool]:
    """Yield the pool after each release, its figures not announced yet."""
    pool = Pool()
    for number, batch in enumerate(population):
        for place, one in enumerate(batch):
            pool = added(pool, f"{number}-{place}", one.contribution)
        pool = release(pool, quarter(number), least=least)
        yield pool
        pool = announced(pool, pool.period)


def up_to(shown: Sequence[Sequence[Figure]], number: int) -> list[Figure]:
    """Return every figure of the releases up to and with `number`."""
    return [one for figures in shown[: number + 1] for one in figures]
