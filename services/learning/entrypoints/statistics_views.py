"""The statistics as clients read them: in words of one language, in a fixed order."""

from typing import Any, Literal

from pydantic import BaseModel

from services.learning.domain.catalogue.model import Catalogue, Module
from services.learning.domain.catalogue.text import Language
from services.learning.domain.errors import ModuleNotFoundInCatalogueError
from services.learning.domain.statistics.categories import (
    ALL,
    DURATION,
    EXERCISE,
    NOT_REACHED,
    PROGRESS,
    STOPPED,
)
from services.learning.domain.statistics.pool import Figure
from services.learning.domain.statistics.release import K
from services.learning.domain.statistics.table import Distribution, Row
from services.learning.entrypoints import statistics_words as words


class CategoryView(BaseModel):
    """One category of a distribution."""

    category: str
    label: str
    enrolments: int
    percent: int
    """Of the enrolments that the distribution covers, rounded."""


class DistributionView(BaseModel):
    """How enrolments are spread over categories, each empty or of at least `k` people."""

    about: str
    """`progress`, `duration` or `exercise:<id>`."""
    title: str
    question: str | None
    """What the exercise asks."""
    level: int
    """How fine the categories are, 1 to 3; 0 where nothing may be shown."""
    enrolments: int
    """How many it covers."""
    categories: list[CategoryView]
    hidden: str | None
    """Why nothing is shown, where nothing is."""


class StatisticsRowView(BaseModel):
    """Figures of one period: all years, a year or a cohort (a quarter of enrolment)."""

    scope: str
    kind: Literal["total", "year", "cohort"]
    title: str
    enrolments: int | None
    """`null` where nothing is shown: nobody enrolled, or fewer than `k` people."""
    hidden: str | None
    """Why nothing is shown, where nothing is."""
    distributions: list[DistributionView]


class ModuleStatisticsView(BaseModel):
    """A module's table."""

    k: int
    note: str
    module_id: str
    title: str
    period: str | None
    """Quarter of the latest release, `YYYY-Qn`."""
    rows: list[StatisticsRowView]


class StatisticsSummaryView(BaseModel):
    """A module's totals."""

    module_id: str
    title: str
    period: str
    enrolments: int
    certified_percent: int | None
    blocked: CategoryView | None
    """The exercise that most did not reach half of the points in, where that may be shown."""


class StatisticsView(BaseModel):
    """Every module that anything may be shown of."""

    k: int
    """Fewest different people behind any figure and any difference of two."""
    note: str
    items: list[StatisticsSummaryView]


def figures_of(stored: list[dict[str, Any]]) -> list[Figure]:
    """Return the figures of a read model's document."""
    return [Figure(one["scope"], one["about"], one["level"], dict(one["counts"])) for one in stored]


def module_statistics_view(
    catalogue: Catalogue, document: dict[str, Any], rows: tuple[Row, ...], language: Language
) -> ModuleStatisticsView:
    """Return a module's table in `language`."""
    module = _module(catalogue, document["_id"])
    return ModuleStatisticsView(
        k=K,
        note=words.NOTE.to(language).format(k=K),
        module_id=document["_id"],
        title=module.title.to(language) if module else document["_id"],
        period=document["period"],
        rows=[_row_view(module, row, language) for row in rows],
    )


def statistics_summary(
    catalogue: Catalogue, document: dict[str, Any], rows: tuple[Row, ...], language: Language
) -> StatisticsSummaryView:
    """Return a module's totals in `language`."""
    module = _module(catalogue, document["_id"])
    views = [_distribution_view(module, one, language) for one in rows[0].distributions]
    certified = [
        one.percent
        for view in views
        if view.about == PROGRESS
        for one in view.categories
        if one.category == "certified"
    ]
    blocked = [
        one.model_copy(update={"category": view.about, "label": view.title})
        for view in views
        for one in view.categories
        if one.category == NOT_REACHED and one.enrolments
    ]
    return StatisticsSummaryView(
        module_id=document["_id"],
        title=module.title.to(language) if module else document["_id"],
        period=document["period"],
        enrolments=rows[0].enrolments,
        certified_percent=certified[0] if certified else None,
        blocked=max(blocked, key=lambda one: one.percent, default=None),
    )


def _row_view(module: Module | None, row: Row, language: Language) -> StatisticsRowView:
    shown = {one.about: one for one in row.distributions}
    subjects = [PROGRESS, DURATION, *_exercises(module, shown)]
    return StatisticsRowView(
        scope=row.scope,
        kind=row.kind,
        title=words.TOTAL.to(language) if row.scope == ALL else row.scope,
        enrolments=row.enrolments or None,
        hidden=None if row.enrolments else words.HIDDEN.to(language).format(k=K),
        distributions=[
            _distribution_view(module, shown.get(one, Distribution(one, 0, 0, ())), language)
            for one in (subjects if row.enrolments else ())
        ],
    )


def _distribution_view(
    module: Module | None, one: Distribution, language: Language
) -> DistributionView:
    exercise_id = one.about.removeprefix(EXERCISE) if one.about.startswith(EXERCISE) else None
    title = words.SUBJECTS.get(one.about)
    counts = sorted(one.counts, key=lambda pair: words.place_of(pair[0]))
    return DistributionView(
        about=one.about,
        title=title.to(language) if title else _exercise_name(module, exercise_id, language),
        question=_question(module, exercise_id, language),
        level=one.level,
        enrolments=one.enrolments,
        categories=[
            CategoryView(
                category=category,
                label=_label(module, category, language),
                enrolments=enrolments,
                percent=round(100 * enrolments / one.enrolments),
            )
            for category, enrolments in counts
        ],
        hidden=None if one.counts else words.UNSPREAD.to(language).format(k=K),
    )


def _label(module: Module | None, category: str, language: Language) -> str:
    if not category.startswith(STOPPED):
        return words.CATEGORIES[category].to(language)
    number = _number(module, category.removeprefix(STOPPED))
    return words.STOPPED_AT.to(language).format(number=number)


def _exercise_name(module: Module | None, exercise_id: str | None, language: Language) -> str:
    return words.EXERCISE.to(language).format(number=_number(module, exercise_id))


def _question(module: Module | None, exercise_id: str | None, language: Language) -> str | None:
    exercises = module.exercises if module else ()
    return next((e.prompt.to(language) for e in exercises if e.id == exercise_id), None)


def _exercises(module: Module | None, shown: dict[str, Distribution]) -> list[str]:
    """Return the exercises' subjects in the module's order, then those it no longer has."""
    taught = [EXERCISE + one.id for one in module.exercises] if module else []
    return [*taught, *sorted(a for a in shown if a.startswith(EXERCISE) and a not in taught)]


def _number(module: Module | None, exercise_id: str | None) -> str:
    ids = [one.id for one in module.exercises] if module else []
    return str(ids.index(exercise_id) + 1) if exercise_id in ids else str(exercise_id)


def _module(catalogue: Catalogue, module_id: str) -> Module | None:
    try:
        return catalogue.module(module_id)
    except ModuleNotFoundInCatalogueError:
        return None
