"""The kinds of exercises. A new kind is a class here, a scoring rule and an answer parser."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.learning.domain.catalogue.text import Text
from shared.events.base import Identifier


class Frozen(BaseModel):
    """A part of the catalogue: immutable, and without unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Option(Frozen):
    """One thing to choose or to put in order."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]{1,12}$")]
    text: Text


class ScoredOption(Option):
    """A move in a simulation, with its worth and what the other side replies."""

    points: int = Field(ge=0, le=100)
    reply: Text


class ExerciseBase(Frozen):
    """What all exercises have."""

    id: Identifier
    competency: Identifier
    prompt: Text
    explanation: Text


def _check_distinct(options: tuple[Option, ...]) -> set[str]:
    ids = {option.id for option in options}
    if len(ids) < len(options):
        raise ValueError("two options have the same id")
    return ids


class SingleChoice(ExerciseBase):
    """Exactly one option is right."""

    kind: Literal["single_choice"]
    options: tuple[Option, ...] = Field(min_length=2)
    solution: str

    @model_validator(mode="after")
    def _consistent(self) -> "SingleChoice":
        if self.solution not in _check_distinct(self.options):
            raise ValueError("the solution is not among the options")
        return self


class MultipleChoice(ExerciseBase):
    """One or several options are right; wrong ones cost what right ones bring."""

    kind: Literal["multiple_choice"]
    options: tuple[Option, ...] = Field(min_length=3)
    solutions: frozenset[str] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> "MultipleChoice":
        if not self.solutions < _check_distinct(self.options):
            raise ValueError("the solutions must be some of the options")
        return self


class Numeric(ExerciseBase):
    """A figure to work out."""

    kind: Literal["numeric"]
    solution: Decimal
    tolerance: Decimal = Field(ge=0)
    """Largest deviation, in the unit asked for, that still counts as right."""
    unit: Text


class Ordering(ExerciseBase):
    """Steps to put in the right order; `items` is the order in which they are shown."""

    kind: Literal["ordering"]
    items: tuple[Option, ...] = Field(min_length=3)
    solution: tuple[str, ...]

    @model_validator(mode="after")
    def _consistent(self) -> "Ordering":
        shown = tuple(item.id for item in self.items)
        if set(self.solution) != _check_distinct(self.items) or len(shown) != len(self.solution):
            raise ValueError("the solution is not an order of the items")
        if shown == self.solution:
            raise ValueError("the items are shown in the right order already")
        return self


class Step(Frozen):
    """One turn of a simulated negotiation."""

    prompt: Text
    options: tuple[ScoredOption, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _consistent(self) -> "Step":
        _check_distinct(self.options)
        return self


class Simulation(ExerciseBase):
    """A short negotiation, turn by turn (C1.4)."""

    kind: Literal["simulation"]
    steps: tuple[Step, ...] = Field(min_length=2)


Exercise = Annotated[
    SingleChoice | MultipleChoice | Numeric | Ordering | Simulation, Field(discriminator="kind")
]
