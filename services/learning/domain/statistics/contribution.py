"""What one enrolment contributes to the statistics when it is anonymised."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.learning.domain.calendar import paris_date
from services.learning.domain.enrolment.state import EnrolmentState
from services.learning.domain.statistics.categories import (
    DURATION,
    PROGRESS,
    About,
    duration_leaf,
    exercise_leaf,
    of_exercise,
    stopped_at,
)
from shared.cohorts import cohort_of


@dataclass(frozen=True, slots=True)
class Contribution:
    """An enrolment's place in each distribution: all that is ever taken from it."""

    cohort: str
    """Quarter of enrolment in Paris, `YYYY-Qn`: who started together."""
    new_person: bool
    """Whether this is the person's first enrolment in the module, so that nobody counts twice."""
    leaves: Mapping[About, str]


def contribution_of(
    enrolment: EnrolmentState, exercise_ids: Sequence[str], *, new_person: bool
) -> Contribution | None:
    """Return what `enrolment` contributes; `None` once its scores are unreadable.

    Args:
        enrolment: its state before it is forgotten.
        exercise_ids: the module's exercises in their order; those answered where it is retired.
        new_person: whether it is the person's first one in this module.
    """
    revealed = {exercise: score.reveal() for exercise, score in enrolment.scores.items()}
    scores = {exercise: score for exercise, score in revealed.items() if isinstance(score, int)}
    if enrolment.enrolled_at is None or len(scores) < len(revealed):
        return None
    exercises = exercise_ids or sorted(scores)
    leaves = {
        PROGRESS: _progress(enrolment, [one for one in exercises if one not in scores]),
        DURATION: duration_leaf(_days(enrolment.enrolled_at, enrolment.completed_at)),
    }
    for one in exercises:
        leaves[of_exercise(one)] = exercise_leaf(scores.get(one), enrolment.tries.get(one, 0))
    return Contribution(cohort_of(enrolment.enrolled_at), new_person, leaves)


def _progress(enrolment: EnrolmentState, unanswered: Sequence[str]) -> str:
    if enrolment.decision == "granted":
        return "certified"
    if enrolment.ever_completed or not unanswered:
        return "completed"
    return stopped_at(unanswered[0])


def _days(start: datetime, end: datetime | None) -> int | None:
    return None if end is None else (paris_date(end) - paris_date(start)).days
