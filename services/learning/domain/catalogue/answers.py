"""What a learner answered, in one canonical text per kind of exercise."""

import re
from decimal import Decimal
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
from services.learning.domain.errors import AnswerNotUnderstoodError

RawAnswer = str | int | float | list[str]
"""As the form or a client sends it: an option id, a number, or ids in a list."""

NUMBER: Final = re.compile(r"[+-]?\d{1,12}(\.\d{1,6})?")
SPACES: Final = re.compile(r"[\s\u00a0\u202f]+")


def understand(exercise: Exercise, raw: RawAnswer) -> str:
    """Return `raw` in the canonical form in which answers to `exercise` are kept and scored.

    Numbers may be written the French way (`12 500,50`).

    Raises:
        AnswerNotUnderstoodError: it does not fit the exercise.
    """
    match exercise:
        case SingleChoice():
            return _known(str(raw), {option.id for option in exercise.options})
        case MultipleChoice():
            chosen = _ids(raw)
            for option_id in chosen:
                _known(option_id, {option.id for option in exercise.options})
            return ",".join(sorted(set(chosen)))
        case Numeric():
            return str(_number(raw))
        case Ordering():
            order = _ids(raw)
            if sorted(order) != sorted(exercise.solution):
                raise AnswerNotUnderstoodError
            return ",".join(order)
        case Simulation():
            moves = _ids(raw)
            if len(moves) != len(exercise.steps):
                raise AnswerNotUnderstoodError
            for move, step in zip(moves, exercise.steps, strict=True):
                _known(move, {option.id for option in step.options})
            return ",".join(moves)
        case _:
            assert_never(exercise)


def readable(exercise: Exercise, answer: str, language: Language) -> str:
    """Return a canonical answer as a person reads it: the options' texts, or the figure."""
    ids = answer.split(",")
    match exercise:
        case SingleChoice() | MultipleChoice():
            options = {option.id: option.text.to(language) for option in exercise.options}
            return " ; ".join(options.get(option_id, option_id) for option_id in ids)
        case Numeric():
            return f"{answer} {exercise.unit.to(language)}"
        case Ordering():
            items = {item.id: item.text.to(language) for item in exercise.items}
            return " > ".join(items.get(item_id, item_id) for item_id in ids)
        case Simulation():
            turns = zip(ids, exercise.steps, strict=False)
            return " > ".join(
                next((o.text.to(language) for o in step.options if o.id == move), move)
                for move, step in turns
            )
        case _:
            assert_never(exercise)


def _ids(raw: RawAnswer) -> list[str]:
    parts = raw if isinstance(raw, list) else str(raw).split(",")
    ids = [part.strip() for part in parts if part.strip()]
    if not ids:
        raise AnswerNotUnderstoodError
    return ids


def _known(option_id: str, options: set[str]) -> str:
    if option_id not in options:
        raise AnswerNotUnderstoodError
    return option_id


def _number(raw: RawAnswer) -> Decimal:
    text = SPACES.sub("", str(raw)).replace(",", ".")
    if isinstance(raw, list) or NUMBER.fullmatch(text) is None:
        raise AnswerNotUnderstoodError
    return Decimal(text)
