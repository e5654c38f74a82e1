"""Module suggestions by two rules anybody can follow, each with its reason (C3.1, C5.1).

1. Below 60 % on average in a competency: a module that trains it and has not been taken.
2. A level completed: the modules of the next level; nothing completed yet: the first level.
Nothing else enters: no comparison with others, no hidden profile.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from services.learning.domain.catalogue.model import LEVELS, Catalogue, Level, Module
from services.learning.domain.enrolment.state import EnrolmentState

WEAK_BELOW: Final = 60
"""Mean percent under which a competency counts as weak."""

AT_MOST: Final = 3

Rule = Literal["weak_competency", "next_level", "first_steps"]


@dataclass(frozen=True, slots=True)
class History:
    """What suggestions look at: modules taken, modules completed, latest scores."""

    taken: frozenset[str]
    completed: frozenset[str]
    scores: Mapping[str, Mapping[str, int]]
    """Percent by exercise, by module."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A module with the rule that led to it and what the rule saw."""

    module: Module
    rule: Rule
    competency_id: str | None = None
    mean_score: int | None = None
    level: Level | None = None


def suggest(catalogue: Catalogue, history: History) -> list[Suggestion]:
    """Return at most three suggestions, weak competencies first."""
    found: dict[str, Suggestion] = {}
    untaken = [module for module in catalogue.modules if module.id not in history.taken]
    for competency_id, mean in weak_competencies(catalogue, history).items():
        for module in untaken:
            if competency_id in module.competencies and module.id not in found:
                found[module.id] = Suggestion(module, "weak_competency", competency_id, mean)
                break
    level = _next_level(catalogue, history)
    rule: Rule = "next_level" if history.completed else "first_steps"
    for module in untaken:
        if module.level == level:
            found.setdefault(module.id, Suggestion(module, rule, level=level))
    return list(found.values())[:AT_MOST]


def last_completed(enrolments: Iterable[EnrolmentState], at: datetime) -> EnrolmentState | None:
    """Return what a next module would follow; `None` while another one is under way (C5.1)."""
    known = [one for one in enrolments if not one.anonymised]
    if any(one.is_running(at) and not one.completed for one in known):
        return None
    return max(
        (one for one in known if one.completed and one.active_at is not None),
        key=lambda one: one.active_at or at,
        default=None,
    )


def weak_competencies(catalogue: Catalogue, history: History) -> dict[str, int]:
    """Return the mean percent of every competency below the threshold, weakest first."""
    scores: dict[str, list[int]] = {}
    for module in catalogue.modules:
        known = history.scores.get(module.id, {})
        for exercise in module.exercises:
            if exercise.id in known:
                scores.setdefault(exercise.competency, []).append(known[exercise.id])
    means = {competency: _mean(values) for competency, values in scores.items()}
    weak = {competency: mean for competency, mean in means.items() if mean < WEAK_BELOW}
    return dict(sorted(weak.items(), key=lambda item: item[1]))


def _next_level(catalogue: Catalogue, history: History) -> Level:
    done = [LEVELS.index(m.level) for m in catalogue.modules if m.id in history.completed]
    return LEVELS[min(max(done) + 1, len(LEVELS) - 1)] if done else LEVELS[0]


def _mean(values: Sequence[int]) -> int:
    return sum(values) // len(values)
