"""The catalogue: modules, their lessons, their exercises, and the competencies they train."""

from collections import Counter
from typing import Final, Literal

from pydantic import Field, model_validator

from services.learning.domain.catalogue.exercises import Exercise, Frozen
from services.learning.domain.catalogue.text import Text
from services.learning.domain.errors import (
    ExerciseNotFoundError,
    ModuleNotFoundInCatalogueError,
)
from shared.events.base import Identifier

Level = Literal["beginner", "intermediate", "advanced"]

LEVELS: Final[tuple[Level, ...]] = ("beginner", "intermediate", "advanced")


class Competency(Frozen):
    """Something a learner becomes able to do."""

    id: Identifier
    name: Text


class Section(Frozen):
    """A part of a lesson."""

    heading: Text
    body: Text


class Module(Frozen):
    """A course on one subject."""

    id: Identifier
    position: int = Field(ge=1)
    """Place in the catalogue."""
    level: Level
    duration_minutes: int = Field(ge=10, le=600)
    price_cents: int = Field(ge=0)
    """Euro cents, taxes included."""
    competencies: tuple[Identifier, ...] = Field(min_length=1)
    title: Text
    summary: Text
    lesson: tuple[Section, ...] = Field(min_length=2)
    exercises: tuple[Exercise, ...] = Field(min_length=3, max_length=5)

    @model_validator(mode="after")
    def _consistent(self) -> "Module":
        ids = Counter(exercise.id for exercise in self.exercises)
        if max(ids.values()) > 1:
            raise ValueError("two exercises have the same id")
        trained = {exercise.competency for exercise in self.exercises}
        if trained != set(self.competencies):
            raise ValueError("the exercises must train exactly the module's competencies")
        return self

    @property
    def exercise_ids(self) -> frozenset[str]:
        """Ids of every exercise."""
        return frozenset(exercise.id for exercise in self.exercises)

    def exercise(self, exercise_id: str) -> Exercise:
        """Return the exercise called `exercise_id`.

        Raises:
            ExerciseNotFoundError: the module has none of that id.
        """
        for exercise in self.exercises:
            if exercise.id == exercise_id:
                return exercise
        raise ExerciseNotFoundError


class Catalogue(Frozen):
    """Everything that is taught."""

    competencies: tuple[Competency, ...]
    modules: tuple[Module, ...]

    @model_validator(mode="after")
    def _consistent(self) -> "Catalogue":
        known = {competency.id for competency in self.competencies}
        for module in self.modules:
            if not known.issuperset(module.competencies):
                raise ValueError(f"{module.id}: unknown competency")
        if len({module.id for module in self.modules}) < len(self.modules):
            raise ValueError("two modules have the same id")
        return self

    def module(self, module_id: str) -> Module:
        """Return the module called `module_id`.

        Raises:
            ModuleNotFoundInCatalogueError: the catalogue has none of that id.
        """
        for module in self.modules:
            if module.id == module_id:
                return module
        raise ModuleNotFoundInCatalogueError

    def competency(self, competency_id: str) -> Competency:
        """Return the competency called `competency_id`; the catalogue's modules name only these."""
        return next(c for c in self.competencies if c.id == competency_id)
