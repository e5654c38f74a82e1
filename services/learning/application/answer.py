"""Answering an exercise and learning how it went."""

from dataclasses import dataclass

from services.learning.application.handle import Learning, enrolment_stream
from services.learning.application.standing import require_agreement
from services.learning.domain.catalogue.answers import RawAnswer
from services.learning.domain.catalogue.scoring import feedback
from services.learning.domain.catalogue.text import Language
from services.learning.domain.enrolment.commands import AnswerExercise
from services.learning.domain.enrolment.decide import ATTEMPTS_PER_ROUND
from services.learning.domain.enrolment.events import ExerciseAnswered
from services.learning.domain.errors import EnrolmentNotFoundError
from shared.event_store import Metadata
from shared.events.base import SubjectId
from shared.personal import Erased, Personal


@dataclass(frozen=True, slots=True)
class Answered:
    """What the learner sees after answering."""

    score: int
    """Percent, 0 to 100."""
    feedback: str
    completed: bool
    """Whether every exercise has been answered: a trainer decides next."""
    attempts_left: int


async def answer_exercise(
    learning: Learning,
    *,
    learner_id: SubjectId,
    enrolment_id: str,
    exercise_id: str,
    answer: RawAnswer,
    language: Language,
    meta: Metadata,
) -> Answered:
    """Record and score an answer; the same command id again answers what it answered first.

    Raises:
        EnrolmentNotFoundError, ExerciseNotFoundError: no such thing of this person.
        GuardianAgreementMissingError: a minor's account, blocked or without agreement.
        EnrolmentOverError, AlreadyCertifiedError, NoAttemptLeftError: it may not be answered now.
        AnswerNotUnderstoodError: the answer does not fit the exercise.
        KeyClosedError: the enrolment has been forgotten.
    """
    stream = enrolment_stream(enrolment_id)
    state, _ = await learning.enrolments.state(stream)
    if state.learner_id != learner_id:
        raise EnrolmentNotFoundError
    await require_agreement(learning, learner_id)
    module = learning.catalogue.module(state.module_id)
    command = AnswerExercise(
        learner_id=learner_id,
        module=module,
        exercise_id=exercise_id,
        answer=Personal(answer),
        at=learning.clock.now(),
    )
    outcome = await learning.enrolments.outcome(stream, command, subject=learner_id, meta=meta)
    answered = next((e for e in outcome.events if isinstance(e, ExerciseAnswered)), None)
    if answered is None:
        raise EnrolmentNotFoundError
    score, text = answered.score.reveal(), answered.answer.reveal()
    if isinstance(score, Erased) or isinstance(text, Erased):
        raise EnrolmentNotFoundError
    return Answered(
        score=score,
        feedback=feedback(module.exercise(exercise_id), text, language),
        completed=outcome.state.completed,
        attempts_left=ATTEMPTS_PER_ROUND - outcome.state.attempts.get(exercise_id, 0),
    )
