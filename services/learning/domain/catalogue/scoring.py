"""How an answer is scored: percent, 0 to 100, by rules a learner can be told."""

from decimal import Decimal
from itertools import combinations
from typing import Final, assert_never

from services.learning.domain.catalogue.exercises import (
    Exercise,
    MultipleChoice,
    Numeric,
    Ordering,
    Simulation,
    SingleChoice,
)
from services.learning.domain.catalogue.text import Language

FULL: Final = 100
HALF: Final = 50


def score(exercise: Exercise, answer: str) -> int:
    """Return the percent that a canonical `answer` (see `understand`) earns."""
    match exercise:
        case SingleChoice():
            return FULL if answer == exercise.solution else 0
        case MultipleChoice():
            return _score_multiple(exercise, frozenset(answer.split(",")))
        case Numeric():
            return _score_numeric(exercise, Decimal(answer))
        case Ordering():
            return _score_ordering(exercise, answer.split(","))
        case Simulation():
            moves = zip(answer.split(","), exercise.steps, strict=True)
            points = [next(o.points for o in step.options if o.id == m) for m, step in moves]
            return _percent(sum(points), FULL * len(points))
        case _:
            assert_never(exercise)


def feedback(exercise: Exercise, answer: str, language: Language) -> str:
    """Return what the learner reads after answering; a simulation first tells how it went."""
    explanation = " ".join(exercise.explanation.to(language).split())
    if not isinstance(exercise, Simulation):
        return explanation
    moves = zip(answer.split(","), exercise.steps, strict=True)
    replies = [
        next(o.reply.to(language) for o in step.options if o.id == move) for move, step in moves
    ]
    return "\n".join([*(" ".join(reply.split()) for reply in replies), explanation])


def _score_multiple(exercise: MultipleChoice, chosen: frozenset[str]) -> int:
    right = len(chosen & exercise.solutions)
    wrong = len(chosen - exercise.solutions)
    return _percent(max(0, right - wrong), len(exercise.solutions))


def _score_numeric(exercise: Numeric, answer: Decimal) -> int:
    deviation = abs(answer - exercise.solution)
    if deviation <= exercise.tolerance:
        return FULL
    return HALF if deviation <= 2 * exercise.tolerance else 0


def _score_ordering(exercise: Ordering, order: list[str]) -> int:
    """Score the share of pairs that stand in the right order."""
    place = {item: index for index, item in enumerate(order)}
    pairs = list(combinations(exercise.solution, 2))
    return _percent(sum(place[a] < place[b] for a, b in pairs), len(pairs))


def _percent(part: int, whole: int) -> int:
    return (200 * part + whole) // (2 * whole)
