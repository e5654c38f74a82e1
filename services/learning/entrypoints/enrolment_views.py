"""An enrolment as the learner, and a trainer, read it. No payment data enters it (C4.2)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal, TypeVar

from pydantic import BaseModel

from services.learning.application.history import EnrolmentHistory
from services.learning.domain.catalogue.answers import readable
from services.learning.domain.catalogue.model import Catalogue, Level, Module
from services.learning.domain.catalogue.scoring import feedback
from services.learning.domain.catalogue.text import Language
from services.learning.domain.enrolment.decide import ATTEMPTS_PER_ROUND
from services.learning.domain.enrolment.state import Decision, EnrolmentState
from services.learning.domain.errors import ExerciseNotFoundError
from shared.personal import Erased, Personal

T = TypeVar("T")

Status = Literal["running", "completed", "refused", "certified", "ended", "expired", "anonymised"]


class AttemptView(BaseModel):
    """One answer; value and score are null once they are erased."""

    answer: str | None
    score: int | None
    erased: bool
    answered_at: datetime


class ExerciseProgressView(BaseModel):
    """How far one exercise is."""

    exercise_id: str
    prompt: str
    attempts: list[AttemptView]
    attempts_left: int
    score: int | None
    """Of the latest answer."""
    feedback: str | None
    """About the latest answer."""


class CertificationView(BaseModel):
    """A trainer's decision (C5.2)."""

    decision: Decision
    comment: str | None
    decided_at: datetime


class EnrolmentView(BaseModel):
    """One enrolment."""

    enrolment_id: str
    module_id: str
    title: str
    level: Level
    status: Status
    enrolled_at: datetime
    access_until: date
    answered: int
    exercise_count: int
    score: int | None
    """Mean of the latest scores; null without answers or once they are erased."""
    certification: CertificationView | None
    exercises: list[ExerciseProgressView]


class TaughtView(EnrolmentView):
    """One enrolment as trainers read it; in the archive it has neither answers nor scores."""

    archived: bool


class MyEnrolmentView(EnrolmentView):
    """One enrolment as its learner reads it."""

    invoice_id: str | None


def enrolment_view(
    catalogue: Catalogue, history: EnrolmentHistory, language: Language, now: datetime
) -> EnrolmentView:
    """Return `history` as it stands at the instant `now`."""
    state = history.state
    module = catalogue.module(state.module_id)
    if state.enrolled_at is None or state.access_until is None:
        raise ValueError("an enrolment starts with its contract")
    return EnrolmentView(
        enrolment_id=state.enrolment_id,
        module_id=module.id,
        title=module.title.to(language),
        level=module.level,
        status=status_of(state, now),
        enrolled_at=state.enrolled_at,
        access_until=state.access_until,
        answered=len(state.attempts),
        exercise_count=len(module.exercises),
        score=mean_score(state),
        certification=_certification(history),
        exercises=_exercises(module, history, language),
    )


def taught_view(
    catalogue: Catalogue, history: EnrolmentHistory, language: Language, now: datetime
) -> TaughtView:
    """Return `history` for trainers: what was certified is in the intermediate archive (C2.6)."""
    view = enrolment_view(catalogue, history, language, now).model_dump()
    if not history.is_archived:
        view |= {"score": _mean(history.state.usable_scores)}
        _withhold(view["exercises"], history)
        return TaughtView(**view, archived=False)
    view |= {"score": None, "exercises": []}
    view["certification"] |= {"comment": None}
    return TaughtView(**view, archived=True)


def status_of(state: EnrolmentState, now: datetime) -> Status:
    """Return where the enrolment stands; what a trainer granted outlasts the contract."""
    if state.anonymised:
        return "anonymised"
    if state.decision == "granted":
        return "certified"
    if state.ended is not None:
        return "ended"
    if state.awaits_decision:
        return "completed"
    if not state.is_running(now):
        return "expired"
    return "refused" if state.decision == "refused" and not state.attempts else "running"


def mean_score(state: EnrolmentState) -> int | None:
    """Return the mean percent of the latest answers; `None` where there is nothing to read."""
    return _mean(state.scores)


def usable_mean(state: EnrolmentState) -> int | None:
    """Return the same for staff, without what is restricted while it is contested (art. 18)."""
    return _mean(state.usable_scores)


def _withhold(exercises: list[dict[str, Any]], history: EnrolmentHistory) -> None:
    """Take from what trainers read the results that are restricted while they are contested."""
    for one in history.state.contested.values():
        if not one.restricted or one.field != "score":
            continue
        for exercise in exercises:
            if exercise["exercise_id"] == one.exercise_id:
                attempts = exercise["attempts"]
                attempts[one.number - 1] |= {"score": None}
                if one.number == len(attempts):
                    exercise |= {"score": None, "feedback": None}


def _mean(of: Mapping[str, Personal[int]]) -> int | None:
    scores = [_read(score) for score in of.values()]
    known = [score for score in scores if score is not None]
    return sum(known) // len(known) if known else None


def _certification(history: EnrolmentHistory) -> CertificationView | None:
    if not history.decisions:
        return None
    event, at = history.decisions[-1]
    granted = event.type_name() == "CertificationGranted"
    return CertificationView(
        decision="granted" if granted else "refused",
        comment=None if event.comment is None else _read(event.comment),
        decided_at=at,
    )


def _exercises(
    module: Module, history: EnrolmentHistory, language: Language
) -> list[ExerciseProgressView]:
    views = []
    for exercise in module.exercises:
        given = [answer for answer in history.answers if answer.exercise_id == exercise.id]
        latest = _read(given[-1].answer) if given else None
        views.append(
            ExerciseProgressView(
                exercise_id=exercise.id,
                prompt=exercise.prompt.to(language),
                attempts=[
                    AttemptView(
                        answer=readable_answer(module, exercise.id, _read(one.answer), language),
                        score=_read(one.score),
                        erased=one.answer.is_erased,
                        answered_at=one.answered_at,
                    )
                    for one in given
                ],
                attempts_left=ATTEMPTS_PER_ROUND - history.state.attempts.get(exercise.id, 0),
                score=_read(given[-1].score) if given else None,
                feedback=None if latest is None else feedback(exercise, latest, language),
            )
        )
    return views


def readable_answer(
    module: Module, exercise_id: str, answer: str | None, language: Language
) -> str | None:
    """Return an answer in words; as it was kept where the catalogue no longer has its exercise."""
    if answer is None:
        return None
    try:
        return readable(module.exercise(exercise_id), answer, language)
    except ExerciseNotFoundError:
        return answer


def _read(value: Personal[T]) -> T | None:
    plain = value.reveal()
    return None if isinstance(plain, Erased) else plain
