"""What the person provided to learning, also by learning, for the portability file (C8.5)."""

from collections.abc import Iterable
from typing import Any, Final

from services.learning.domain.catalogue.answers import readable
from services.learning.domain.catalogue.exercises import Exercise
from services.learning.domain.catalogue.model import Catalogue
from services.learning.domain.catalogue.text import Text
from services.learning.domain.enrolment import events as enrolment
from services.learning.domain.errors import NotFoundError
from services.learning.domain.imported.events import RecordImported
from services.learning.domain.recording.events import SessionRecorded
from shared.event_store import RecordedEvent
from shared.personal import Erased
from shared.portability.file import (
    Answer,
    Completion,
    Course,
    Decision,
    Ending,
    Imported,
    LearningPart,
    Session,
    Wording,
)

INTERACTIONS: Final = {
    "single_choice": "choice",
    "multiple_choice": "choice",
    "ordering": "sequencing",
    "numeric": "numeric",
}
"""Kinds of exercises as xAPI calls them; a simulation is none of them."""


def provided(catalogue: Catalogue, recorded: Iterable[RecordedEvent]) -> LearningPart:
    """Return the learning records that the events of one person, opened, amount to.

    Answers that have been forgotten are not there, nor are recorded sessions.
    """
    courses: dict[str, Course] = {}
    sessions: list[Session] = []
    imported: dict[str, Imported] = {}
    for record in recorded:
        match record.event:
            case enrolment.CourseEnrolled() as event:
                courses[event.enrolment_id] = Course(
                    id=event.enrolment_id,
                    module_id=event.module_id,
                    title=_title(catalogue, event.module_id),
                    enrolled_at=event.enrolled_at,
                    access_until=event.access_until,
                )
            case SessionRecorded() as event if not event.location.is_erased:
                sessions.append(Session(id=event.recording_id, at=event.recorded_at))
            case RecordImported() as event:
                kept = event.record.reveal()
                if not isinstance(kept, Erased):
                    imported[event.import_id] = Imported.model_validate_json(kept)
            case event if isinstance(event, enrolment.EnrolmentFact):
                course = courses.get(event.enrolment_id)
                if course is not None:
                    change = _change(catalogue, course, record)
                    courses[event.enrolment_id] = course.model_copy(update=change)
            case _:
                pass
    records = (*courses.values(), *sessions)
    return LearningPart(records=records, imported=tuple(imported.values()))


def _change(catalogue: Catalogue, course: Course, record: RecordedEvent) -> dict[str, Any]:
    """Return what a fact adds to the course."""
    match record.event:
        case enrolment.ExerciseAnswered() as event:
            answer = _answer(catalogue, event, record.id)
            return {} if answer is None else {"answers": (*course.answers, answer)}
        case enrolment.ScoreCorrected() as event:
            return {"answers": _corrected(course.answers, event)}
        case enrolment.CourseCompleted():
            done = Completion(id=record.id, at=record.at)
            return {"completions": (*course.completions, done)}
        case enrolment.CertificationGranted():
            granted = Decision(id=record.id, decision="granted", at=record.at)
            return {"decisions": (*course.decisions, granted)}
        case enrolment.CertificationRefused():
            refused = Decision(id=record.id, decision="refused", at=record.at)
            return {"decisions": (*course.decisions, refused)}
        case enrolment.EnrolmentEnded():
            return {"ending": Ending(id=record.id, at=record.at)}
        case enrolment.AccessCorrected() as event:
            return {"access_until": event.access_until}
        case _:
            return {}


def _corrected(answers: tuple[Answer, ...], event: enrolment.ScoreCorrected) -> tuple[Answer, ...]:
    """Return `answers` with the right score in the place of the wrong one."""
    places = [n for n, one in enumerate(answers) if one.exercise_id == event.exercise_id]
    if len(places) < event.number:
        return answers
    score, place = event.score.reveal(), places[event.number - 1]
    right = {"score": None if isinstance(score, Erased) else score}
    return (*answers[:place], answers[place].model_copy(update=right), *answers[place + 1 :])


def _answer(catalogue: Catalogue, event: enrolment.ExerciseAnswered, fact: str) -> Answer | None:
    answer, score = event.answer.reveal(), event.score.reveal()
    if isinstance(answer, Erased):
        return None
    exercise = _exercise(catalogue, event.module_id, event.exercise_id)
    question, words = Text(fr=event.exercise_id, en=event.exercise_id), Text(fr=answer, en=answer)
    kind = "other"
    if exercise is not None:
        kind = INTERACTIONS.get(exercise.kind, "other")
        question = exercise.prompt
        words = Text(
            fr=readable(exercise, answer, "fr"),
            en=readable(exercise, answer, "en"),
        )
    return Answer(
        id=fact,
        exercise_id=event.exercise_id,
        kind=kind,
        question=_wording(question),
        answer=answer,
        in_words=_wording(words),
        score=None if isinstance(score, Erased) else score,
        answered_at=event.answered_at,
    )


def _title(catalogue: Catalogue, module_id: str) -> Wording:
    try:
        return _wording(catalogue.module(module_id).title)
    except NotFoundError:
        return Wording(fr=module_id, en=module_id)


def _exercise(catalogue: Catalogue, module_id: str, exercise_id: str) -> Exercise | None:
    try:
        return catalogue.module(module_id).exercise(exercise_id)
    except NotFoundError:
        return None


def _wording(text: Text) -> Wording:
    return Wording(fr=text.fr, en=text.en)
