"""Statistics: what an enrolment contributes, that it counts once, and what a release may show."""

from datetime import timedelta

import pytest

from services.learning.domain.enrolment.commands import DecideCertification, EndEnrolment
from services.learning.domain.statistics.categories import DURATION, PROGRESS, of_exercise
from services.learning.domain.statistics.commands import ReleaseFigures
from services.learning.domain.statistics.contribution import (
    Contribution,
    contribution_of,
)
from services.learning.domain.statistics.decide import decide
from services.learning.domain.statistics.events import StatisticsReleased
from services.learning.domain.statistics.evolve import evolve
from services.learning.domain.statistics.pool import Figure, Pool, added, announced, confirmed
from services.learning.domain.statistics.release import PATIENCE, K, is_safe, release
from services.learning.domain.statistics.state import StatisticsState
from services.learning.domain.statistics.table import Row, table
from shared.cohorts import cohort_of
from tests.unit.learning.given import (
    LEARNER,
    MODULE,
    START,
    TRAINER,
    Given,
    answer,
    completed,
    days,
    enrolled,
)

EXERCISES = [one.id for one in MODULE.exercises]
QUIZ = of_exercise("quiz")


def of(story: Given) -> Contribution:
    found = contribution_of(story.state, EXERCISES, new_person=True)
    assert found is not None
    return found


def result(cohort: str, quiz: str, *, new_person: bool = True) -> Contribution:
    leaves = {PROGRESS: "completed", DURATION: "up_to_7", QUIZ: quiz}
    return Contribution(cohort, new_person, leaves)


def filled(*crowds: tuple[int, Contribution], pool: Pool | None = None) -> Pool:
    pool = pool or Pool()
    for many, contribution in crowds:
        for _ in range(many):
            pool = added(pool, f"token-{len(pool.tokens)}", contribution)
    return pool


def shown(pool: Pool, about: str = QUIZ) -> dict[tuple[str, int], dict[str, int]]:
    return {(f.scope, f.level): dict(f.counts) for f in pool.unannounced if f.about == about}


def after_releases(pool: Pool, many: int) -> Pool:
    for _ in range(many):
        pool = announced(pool, pool.period)
        pool = release(pool, f"2099-{pool.releases}")
    return pool


@pytest.mark.promise("C2.6", "C9.3")
def test_a_completed_course_contributes_its_place_in_each_distribution() -> None:
    story = completed(at=START + days(8))
    assert of(story) == Contribution(
        "2030-Q1",
        new_person=True,
        leaves={
            PROGRESS: "completed",
            DURATION: "8_to_30",
            **{of_exercise(one): "once_75" for one in EXERCISES},
        },
    )
    granted = story.when(DecideCertification(TRAINER, "granted", None, START))
    assert of(granted).leaves[PROGRESS] == "certified"


@pytest.mark.promise("C9.3")
def test_blockages_are_where_one_stopped_and_how_often_one_tried() -> None:
    story = enrolled().when(answer("best-opening", "a")).when(answer("best-opening", "b"))
    story = story.when(answer("full-cost", "1")).when(EndEnrolment(LEARNER, "learner", START))
    leaves = of(story).leaves
    assert leaves[of_exercise("best-opening")] == "again_75"
    assert leaves[of_exercise("full-cost")] == "below"
    assert leaves[PROGRESS] == f"stopped:{EXERCISES[2]}"
    assert leaves[DURATION] == "over_90"


@pytest.mark.promise("C2.6")
def test_attempts_of_an_earlier_round_count_and_so_does_the_first_completion() -> None:
    story = completed(at=START + days(3))
    story = story.when(DecideCertification(TRAINER, "refused", None, START + days(4)))
    for exercise in ("best-opening", "recurring"):
        given = "b" if exercise == "best-opening" else ["a", "c"]
        story = story.when(answer(exercise, given, at=START + days(60)))
    leaves = of(story).leaves
    assert leaves[of_exercise("best-opening")] == "again_75"
    assert leaves[of_exercise("full-cost")] == "once_75"
    assert leaves[DURATION] == "up_to_7"


def test_a_cohort_is_a_quarter_in_paris() -> None:
    assert cohort_of(START) == "2030-Q1"
    new_years_eve = START.replace(month=12, day=31, hour=23, minute=30)
    assert cohort_of(new_years_eve) == "2031-Q1"
    assert cohort_of(new_years_eve - timedelta(hours=1)) == "2030-Q4"


@pytest.mark.promise("C2.6")
def test_a_token_counts_once_also_after_its_enrolment_knows() -> None:
    one = result("2030-Q1", "once_75")
    pool = added(added(Pool(), "t", one), "t", one)
    assert pool.arriving["2030-Q1"].count == (1, 1)
    known = confirmed(pool, "t")
    assert added(known, "t", one) == known
    assert confirmed(known, "unknown") == known
    assert "t" in after_releases(known, 2).tokens
    assert "t" not in after_releases(known, 3).tokens
    assert "t" in after_releases(pool, 9).tokens


@pytest.mark.promise("C2.6", "C9.3")
def test_nothing_of_fewer_than_ten_persons_is_shown() -> None:
    nine = filled((9, result("2030-Q1", "once_75")))
    assert release(nine, "2035-Q1").unannounced == ()
    again = filled((5, result("2030-Q1", "once_75", new_person=False)), pool=nine)
    assert release(again, "2035-Q1").unannounced == ()
    ten = filled((1, result("2030-Q1", "once_75")), pool=again)
    figures = release(ten, "2035-Q1").unannounced
    assert figures == (Figure("2030-Q1", "enrolments", 0, {"all": 15}),)


@pytest.mark.promise("C2.6", "C9.3")
def test_a_category_is_shown_with_ten_persons_and_beside_another_one() -> None:
    assert not is_safe({"once": (30, 30)})
    assert not is_safe({"once": (30, 30), "other": (9, 9)})
    assert not is_safe({"once": (30, 30), "other": (12, 9)})
    assert not is_safe({})
    assert is_safe({"once": (30, 30), "other": (10, 10), "nobody": (0, 0)})


@pytest.mark.promise("C2.6", "C9.3")
def test_a_distribution_is_as_fine_as_it_may_be_and_grows_finer_with_more_enrolments() -> None:
    pool = filled((20, result("2030-Q1", "once_75")), (9, result("2030-Q1", "again_50")))
    pool = release(pool, "2035-Q1")
    assert shown(pool) == {}
    pool = announced(pool, "2035-Q1")
    pool = filled((11, result("2030-Q1", "below")), (10, result("2030-Q1", "again_50")), pool=pool)
    pool = release(pool, "2035-Q2")
    assert shown(pool) == {
        ("2030-Q1", 1): {"once": 20, "other": 30},
        ("2030-Q1", 2): {"once": 20, "again": 19, "below": 11},
        ("2030-Q1", 3): {"once_75": 20, "again_50": 19, "below": 11},
    }


@pytest.mark.promise("C2.6")
def test_a_rest_is_joined_with_others_of_its_year_then_of_all_years() -> None:
    pool = filled(
        (6, result("2030-Q1", "once_75")),
        (4, result("2030-Q3", "below")),
        (9, result("2031-Q1", "below")),
    )
    pool = after_releases(pool, PATIENCE - 1)
    assert pool.unannounced == ()
    pool = after_releases(pool, 1)
    assert shown(pool, "enrolments") == {("2030", 0): {"all": 10}}
    pool = filled((1, result("2032-Q1", "below")), pool=announced(pool, pool.period))
    pool = after_releases(pool, 3 * PATIENCE)
    assert pool.arriving == {}
    assert shown(after_releases(pool, 0)) == shown(pool)


@pytest.mark.promise("C2.6")
def test_a_release_happens_once_a_quarter_and_waits_for_the_one_before_to_be_recorded() -> None:
    pool = release(filled((12, result("2030-Q1", "once_75"))), "2035-Q1")
    assert release(pool, "2035-Q1") == pool
    assert release(pool, "2035-Q2") == pool
    assert announced(pool, "2034-Q4") == pool
    assert announced(pool, "2035-Q1").unannounced == ()


@pytest.mark.promise("C2.6")
def test_an_exercise_that_came_later_tells_nothing_of_those_who_never_met_it() -> None:
    leaves = {PROGRESS: "completed", DURATION: "up_to_7"}
    without = Contribution("2030-Q1", new_person=True, leaves=leaves)
    pool = filled((12, without), (20, result("2030-Q1", "once_75")))
    assert shown(release(pool, "2035-Q1"))["2030-Q1", 2] == {"below": 12, "once": 20}


@pytest.mark.promise("C9.3")
def test_a_release_is_recorded_when_it_shows_anything() -> None:
    story = Given(decide, evolve, StatisticsState())
    figure = Figure("2030", "enrolments", 0, {"all": 10})
    story.when(ReleaseFigures("m-1", "2035-Q1", [figure])).then(StatisticsReleased)
    story.when(ReleaseFigures("m-1", "2035-Q1", [])).then()


@pytest.mark.promise("C9.3")
def test_a_table_has_every_cohort_of_its_years_shown_or_not() -> None:
    figures = [
        Figure("2030-Q1", "enrolments", 0, {"all": 24}),
        Figure("2030-Q1", QUIZ, 1, {"once": 14, "other": 10}),
        Figure("2031", "enrolments", 0, {"all": 11}),
        Figure("all", "enrolments", 0, {"all": 13}),
    ]
    rows = table(figures)
    assert [(row.scope, row.enrolments) for row in rows] == [
        ("all", 48),
        ("2030", 24),
        ("2030-Q1", 24),
        *((f"2030-Q{n}", 0) for n in (2, 3, 4)),
        ("2031", 11),
        *((f"2031-Q{n}", 0) for n in (1, 2, 3, 4)),
    ]
    (quiz,) = rows[2].distributions
    assert (quiz.level, quiz.enrolments) == (1, 24)
    assert table([]) == ()


@pytest.mark.promise("C9.3")
def test_a_row_shows_the_finest_level_that_covers_half_of_it() -> None:
    figures = [
        Figure("2030", "enrolments", 0, {"all": 100}),
        Figure("2030", QUIZ, 1, {"once": 50, "other": 40}),
        Figure("2030", QUIZ, 2, {"once": 30, "again": 20}),
        Figure("2030", QUIZ, 3, {"once_75": 10, "once_50": 10}),
    ]

    def quiz_level(rows: tuple[Row, ...]) -> int:
        return rows[0].distributions[0].level

    assert quiz_level(table(figures)) == 2
    assert quiz_level(table([figures[0], figures[3]])) == 3


def test_k_is_ten() -> None:
    assert K == 10
