"""The catalogue as clients read it: in one language, and without the solutions."""

from typing import assert_never

from pydantic import BaseModel

from services.learning.domain.catalogue.exercises import (
    Exercise,
    MultipleChoice,
    Numeric,
    Option,
    Ordering,
    Simulation,
    SingleChoice,
)
from services.learning.domain.catalogue.model import Catalogue, Level, Module
from services.learning.domain.catalogue.text import Language


class CompetencyView(BaseModel):
    """Something a learner becomes able to do."""

    competency_id: str
    name: str


class ModuleView(BaseModel):
    """A module in a list."""

    module_id: str
    title: str
    summary: str
    level: Level
    duration_minutes: int
    price_cents: int
    competencies: list[CompetencyView]
    exercise_count: int


class SectionView(BaseModel):
    """A part of a lesson."""

    heading: str
    paragraphs: list[str]


class OptionView(BaseModel):
    """Something to choose, or to put in order."""

    id: str
    text: str


class StepView(BaseModel):
    """A turn of a simulation."""

    prompt: str
    options: list[OptionView]


class ExerciseView(BaseModel):
    """An exercise as it is asked. Lists that the kind does not use are empty."""

    exercise_id: str
    kind: str
    """`single_choice`, `multiple_choice`, `numeric`, `ordering` or `simulation`."""
    competency: str
    prompt: str
    options: list[OptionView] = []
    """Of the choices, and the items of an ordering in the order shown."""
    steps: list[StepView] = []
    unit: str | None = None


class ModuleDetailView(ModuleView):
    """A module with its lesson and its exercises."""

    lesson: list[SectionView]
    exercises: list[ExerciseView]


def module_view(catalogue: Catalogue, module: Module, language: Language) -> ModuleView:
    """Return `module` for a list."""
    return ModuleView(
        module_id=module.id,
        title=module.title.to(language),
        summary=module.summary.to(language),
        level=module.level,
        duration_minutes=module.duration_minutes,
        price_cents=module.price_cents,
        competencies=[
            CompetencyView(competency_id=c, name=catalogue.competency(c).name.to(language))
            for c in module.competencies
        ],
        exercise_count=len(module.exercises),
    )


def module_detail_view(
    catalogue: Catalogue, module: Module, language: Language
) -> ModuleDetailView:
    """Return `module` whole."""
    return ModuleDetailView(
        **module_view(catalogue, module, language).model_dump(),
        lesson=[
            SectionView(
                heading=section.heading.to(language), paragraphs=section.body.paragraphs(language)
            )
            for section in module.lesson
        ],
        exercises=[exercise_view(catalogue, one, language) for one in module.exercises],
    )


def exercise_view(catalogue: Catalogue, exercise: Exercise, language: Language) -> ExerciseView:
    """Return `exercise` as it is asked."""
    view = ExerciseView(
        exercise_id=exercise.id,
        kind=exercise.kind,
        competency=catalogue.competency(exercise.competency).name.to(language),
        prompt=exercise.prompt.to(language),
    )
    match exercise:
        case SingleChoice() | MultipleChoice():
            return view.model_copy(update={"options": _options(exercise.options, language)})
        case Ordering():
            return view.model_copy(update={"options": _options(exercise.items, language)})
        case Numeric():
            return view.model_copy(update={"unit": exercise.unit.to(language)})
        case Simulation():
            steps = [
                StepView(prompt=step.prompt.to(language), options=_options(step.options, language))
                for step in exercise.steps
            ]
            return view.model_copy(update={"steps": steps})
        case _:
            assert_never(exercise)


def _options(options: tuple[Option, ...], language: Language) -> list[OptionView]:
    return [OptionView(id=option.id, text=option.text.to(language)) for option in options]
