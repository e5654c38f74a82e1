"""The catalogue is complete in both languages, and its exercises can be solved."""

import shutil
from pathlib import Path

import pytest

from services.learning.adapters.catalogue_files import FOLDER, load_catalogue
from services.learning.domain.catalogue.answers import readable, understand
from services.learning.domain.catalogue.exercises import Exercise
from services.learning.domain.catalogue.model import LEVELS
from services.learning.domain.catalogue.scoring import feedback, score
from services.learning.domain.errors import AnswerNotUnderstoodError
from shared.settings import ConfigurationError
from tests.unit.learning.given import CATALOGUE, right

EXERCISES = [e for module in CATALOGUE.modules for e in module.exercises]


def test_five_modules_cover_every_level_and_kind_of_exercise() -> None:
    assert len(CATALOGUE.modules) == 5
    assert {module.level for module in CATALOGUE.modules} == set(LEVELS)
    assert {exercise.kind for exercise in EXERCISES} == {
        "single_choice",
        "multiple_choice",
        "numeric",
        "ordering",
        "simulation",
    }


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.id)
def test_the_right_answer_earns_everything_and_is_explained(exercise: Exercise) -> None:
    canonical = understand(exercise, right(exercise))
    assert score(exercise, canonical) == 100
    for language in ("fr", "en"):
        assert len(feedback(exercise, canonical, language)) > 40
        assert readable(exercise, canonical, language)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.id)
@pytest.mark.parametrize("raw", ["", "zz", ["zz"], [], "a,b,c,d,e,f,g", "NaN", "1e999999999"])
def test_an_answer_that_does_not_fit_is_refused(exercise: Exercise, raw: str | list[str]) -> None:
    with pytest.raises(AnswerNotUnderstoodError):
        understand(exercise, raw)


def exercise(module_id: str, exercise_id: str) -> Exercise:
    return CATALOGUE.module(module_id).exercise(exercise_id)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [("45 000,00", 100), (45050, 100), ("45 051", 50), (45100, 50), ("45101", 0), (-45000, 0)],
)
def test_numbers_are_read_the_french_way_and_near_misses_earn_half(
    raw: str | int, expected: int
) -> None:
    one = exercise("budget-request", "full-cost")
    assert score(one, understand(one, raw)) == expected


@pytest.mark.parametrize(
    ("chosen", "expected"), [(["a", "c"], 100), (["a"], 50), (["a", "b"], 0), ("a,b,c,d", 0)]
)
def test_wrong_choices_cost_what_right_ones_bring(chosen: str | list[str], expected: int) -> None:
    one = exercise("budget-request", "recurring")
    assert score(one, understand(one, chosen)) == expected


def test_an_ordering_earns_the_share_of_pairs_in_order() -> None:
    one = exercise("budget-request", "four-sentences")
    nearly = ["inaction", "situation", "proposal", "money"]
    backwards = ["money", "proposal", "inaction", "situation"]
    assert score(one, understand(one, nearly)) == 83
    assert score(one, understand(one, backwards)) == 0


def test_a_simulation_earns_the_mean_of_its_moves_and_tells_each_reply() -> None:
    one = exercise("anchoring-and-concessions", "counter-anchor")
    moves = understand(one, "b,a,b")
    assert score(one, moves) == 53
    assert len(feedback(one, moves, "fr").splitlines()) == 4


def test_a_wrong_catalogue_ends_in_one_line_that_names_the_place(tmp_path: Path) -> None:
    folder = tmp_path / "catalogue"
    shutil.copytree(FOLDER, folder)
    file = folder / "budget-request.yaml"
    file.write_text(file.read_text().replace("solution: b", "solution: z"))
    with pytest.raises(ConfigurationError, match=r"modules/0/exercises/0.*not among the options"):
        load_catalogue(folder)
