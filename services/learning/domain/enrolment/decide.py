"""The rules of an enrolment."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final, assert_never

from services.learning.domain.calendar import a_year_after, paris_date
from services.learning.domain.catalogue.answers import understand
from services.learning.domain.catalogue.scoring import score
from services.learning.domain.enrolment.commands import (
    AnonymiseEnrolment,
    AnswerExercise,
    CloseEnrolmentDispute,
    CorrectAccess,
    DecideCertification,
    DisputeEnrolment,
    EndEnrolment,
    Enrol,
    EnrolmentCommand,
    RecordContribution,
    RemindOfTraining,
    SettleEnrolmentDispute,
    SuggestModule,
)
from services.learning.domain.enrolment.disputes import (
    DisputeCommand,
    as_date,
    decide_dispute,
)
from services.learning.domain.enrolment.events import (
    AccessCorrected,
    CertificationGranted,
    CertificationRefused,
    CourseCompleted,
    CourseEnrolled,
    EnrolmentAnonymised,
    EnrolmentContributed,
    EnrolmentEnded,
    EnrolmentEvent,
    ExerciseAnswered,
    ModuleSuggested,
    TrainingReminderDue,
)
from services.learning.domain.enrolment.state import EnrolmentState
from services.learning.domain.errors import (
    AccessDateError,
    AlreadyCertifiedError,
    AlreadyEnrolledError,
    AnswerNotUnderstoodError,
    CertificationNotPendingError,
    ContestedError,
    EnrolmentNotFoundError,
    EnrolmentOverError,
    HumanDecisionRequiredError,
    NoAttemptLeftError,
)
from shared.events.base import SubjectId
from shared.personal import Erased, Personal

ATTEMPTS_PER_ROUND: Final = 3
"""How often an exercise may be answered before the trainer decides, and again after a refusal."""

IDLE_AFTER: Final = timedelta(days=14)
"""How long a learner may be away before being reminded (C5.1)."""

SUGGEST_AFTER: Final = timedelta(days=7)
"""How long a module has been completed before another is suggested by mail (C5.1)."""

SUGGEST_UNTIL: Final = timedelta(days=30)
"""When it is too late for that: whoever left has left."""

LONGEST: Final = timedelta(days=5 * 365)
"""The longest that a contract may run."""

CERTIFIER: Final = "trainer"
"""The only role that may validate a skill (C5.2)."""


def decide(  # noqa: C901 - one case a command
    command: EnrolmentCommand, state: EnrolmentState
) -> Sequence[EnrolmentEvent]:
    """Return what `command` leads to; nothing where it has been met already.

    Raises:
        LearningError: a rule forbids it.
    """
    match command:
        case Enrol():
            return [_enrolled(command, state)]
        case AnswerExercise():
            return _answered(command, state)
        case EndEnrolment():
            return _ended(command, state)
        case CorrectAccess():
            return _corrected(command, state)
        case DecideCertification():
            return [_certification(command, state)]
        case RemindOfTraining():
            return _reminded(command, state)
        case SuggestModule():
            return _suggested(command, state)
        case DisputeEnrolment() | SettleEnrolmentDispute() | CloseEnrolmentDispute():
            return _dispute(command, state)
        case AnonymiseEnrolment():
            return _anonymised(command, state)
        case RecordContribution():
            return _contributed(state)
        case _:
            assert_never(command)


def _dispute(command: DisputeCommand, state: EnrolmentState) -> Sequence[EnrolmentEvent]:
    """Return what a dispute leads to; the last day that is right obeys the rules of all of them."""
    events = decide_dispute(command, state)
    if not isinstance(command, SettleEnrolmentDispute) or command.right is None:
        return events
    if state.contested[command.dispute_id].field != "access_until":
        return events
    right = CorrectAccess(as_date(command.right.text("")))
    return [*_corrected(right, state), *events]


def _enrolled(command: Enrol, state: EnrolmentState) -> CourseEnrolled:
    if state.exists:
        raise AlreadyEnrolledError
    command.standing.check_may_enrol()
    return CourseEnrolled(
        learner_id=command.learner_id,
        enrolment_id=command.enrolment_id,
        module_id=command.module.id,
        access_until=a_year_after(paris_date(command.at)),
        enrolled_at=command.at,
    )


def _answered(command: AnswerExercise, state: EnrolmentState) -> list[EnrolmentEvent]:
    learner_id = _owner(state, command.learner_id)
    if not state.is_running(command.at):
        raise EnrolmentOverError
    if state.decision == "granted":
        raise AlreadyCertifiedError
    exercise = command.module.exercise(command.exercise_id)
    if state.attempts.get(exercise.id, 0) >= ATTEMPTS_PER_ROUND:
        raise NoAttemptLeftError
    raw = command.answer.reveal()
    if isinstance(raw, Erased):
        raise AnswerNotUnderstoodError
    answer = understand(exercise, raw)
    answered = ExerciseAnswered(
        learner_id=learner_id,
        enrolment_id=state.enrolment_id,
        module_id=state.module_id,
        exercise_id=exercise.id,
        answer=Personal(answer),
        score=Personal(score(exercise, answer)),
        answered_at=command.at,
    )
    missing = command.module.exercise_ids - state.attempts.keys() - {exercise.id}
    if missing or state.completed:
        return [answered]
    completed = CourseCompleted(
        learner_id=learner_id, enrolment_id=state.enrolment_id, module_id=state.module_id
    )
    return [answered, completed]


def _ended(command: EndEnrolment, state: EnrolmentState) -> list[EnrolmentEvent]:
    learner_id = _owner(state, command.learner_id)
    if not state.is_running(command.at):
        return []
    return [
        EnrolmentEnded(
            learner_id=learner_id,
            enrolment_id=state.enrolment_id,
            module_id=state.module_id,
            reason=command.reason,
        )
    ]


def _corrected(command: CorrectAccess, state: EnrolmentState) -> list[EnrolmentEvent]:
    if state.learner_id is None or state.enrolled_at is None or state.anonymised:
        raise EnrolmentNotFoundError
    first = paris_date(state.enrolled_at)
    if not first < command.access_until <= first + LONGEST:
        raise AccessDateError
    if command.access_until == state.access_until:
        return []
    return [
        AccessCorrected(
            learner_id=state.learner_id,
            enrolment_id=state.enrolment_id,
            module_id=state.module_id,
            access_until=command.access_until,
        )
    ]


def _certification(
    command: DecideCertification, state: EnrolmentState
) -> CertificationGranted | CertificationRefused:
    if command.by.role != CERTIFIER or command.by.staff_id == state.learner_id:
        raise HumanDecisionRequiredError
    if state.learner_id is None:
        raise EnrolmentNotFoundError
    if not state.awaits_decision:
        raise CertificationNotPendingError
    if any(one.restricted for one in state.contested.values()):
        raise ContestedError
    fact = CertificationGranted if command.decision == "granted" else CertificationRefused
    return fact(
        learner_id=state.learner_id,
        enrolment_id=state.enrolment_id,
        module_id=state.module_id,
        staff_id=command.by.staff_id,
        comment=command.comment,
    )


def _reminded(command: RemindOfTraining, state: EnrolmentState) -> list[EnrolmentEvent]:
    if state.learner_id is None or state.active_at is None or not state.is_running(command.at):
        return []
    if state.completed or state.decision == "granted" or state.reminded:
        return []
    if command.at - state.active_at < IDLE_AFTER:
        return []
    return [
        TrainingReminderDue(
            learner_id=state.learner_id,
            enrolment_id=state.enrolment_id,
            module_id=state.module_id,
            due_since=state.active_at + IDLE_AFTER,
        )
    ]


def _suggested(command: SuggestModule, state: EnrolmentState) -> list[EnrolmentEvent]:
    if state.learner_id is None or state.active_at is None or state.ended or state.anonymised:
        return []
    if not state.completed or state.suggested or command.module_id == state.module_id:
        return []
    if not SUGGEST_AFTER <= command.at - state.active_at <= SUGGEST_UNTIL:
        return []
    return [
        ModuleSuggested(
            learner_id=state.learner_id,
            enrolment_id=state.enrolment_id,
            module_id=state.module_id,
            suggested_module_id=command.module_id,
            due_since=state.active_at + SUGGEST_AFTER,
        )
    ]


def _anonymised(command: AnonymiseEnrolment, state: EnrolmentState) -> list[EnrolmentEvent]:
    if state.learner_id is None or state.anonymised or state.forgotten:
        return []
    return [
        EnrolmentAnonymised(
            learner_id=state.learner_id,
            enrolment_id=state.enrolment_id,
            module_id=state.module_id,
            contribution=command.contribution,
        )
    ]


def _contributed(state: EnrolmentState) -> list[EnrolmentEvent]:
    if state.learner_id is None or not state.anonymised or state.contributed:
        return []
    return [
        EnrolmentContributed(
            learner_id=state.learner_id,
            enrolment_id=state.enrolment_id,
            module_id=state.module_id,
        )
    ]


def _owner(state: EnrolmentState, learner_id: SubjectId) -> SubjectId:
    """Return the learner when the enrolment is theirs; somebody else's is as good as none."""
    if state.learner_id != learner_id:
        raise EnrolmentNotFoundError
    return learner_id
