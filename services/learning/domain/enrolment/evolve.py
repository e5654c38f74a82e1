"""Folding an enrolment's history."""

from dataclasses import replace
from typing import assert_never

from services.learning.domain.dispute import Contested
from services.learning.domain.enrolment.events import (
    AccessCorrected,
    CertificationGranted,
    CertificationRefused,
    CommentCorrected,
    CourseCompleted,
    CourseEnrolled,
    EnrolmentAnonymised,
    EnrolmentContributed,
    EnrolmentDisputed,
    EnrolmentDisputeSettled,
    EnrolmentEnded,
    EnrolmentEvent,
    ExerciseAnswered,
    ModuleSuggested,
    ScoreCorrected,
    TrainingReminderDue,
)
from services.learning.domain.enrolment.state import EnrolmentState


def evolve(state: EnrolmentState, event: EnrolmentEvent) -> EnrolmentState:
    """Return `state` after `event`; never raises on recorded history."""
    match event:
        case CourseEnrolled():
            return EnrolmentState(
                enrolment_id=event.enrolment_id,
                learner_id=event.learner_id,
                module_id=event.module_id,
                enrolled_at=event.enrolled_at,
                access_until=event.access_until,
                active_at=event.enrolled_at,
            )
        case ExerciseAnswered(exercise_id=exercise):
            return replace(
                state,
                attempts={**state.attempts, exercise: state.attempts.get(exercise, 0) + 1},
                scores={**state.scores, exercise: event.score},
                tries={**state.tries, exercise: state.tries.get(exercise, 0) + 1},
                active_at=event.answered_at,
                reminded=False,
            )
        case CourseCompleted():
            return replace(
                state,
                completed=True,
                ever_completed=True,
                completed_at=state.completed_at or state.active_at,
                decision=None,
            )
        case AccessCorrected():
            return replace(state, access_until=event.access_until)
        case EnrolmentDisputed(dispute_id=dispute_id):
            one = Contested(
                event.field, event.about, event.number, event.exercise_id, event.restricted
            )
            return replace(state, contested={**state.contested, dispute_id: one})
        case EnrolmentDisputeSettled(dispute_id=dispute_id):
            left = {key: one for key, one in state.contested.items() if key != dispute_id}
            return replace(state, contested=left)
        case ScoreCorrected(exercise_id=exercise) if event.number == state.tries.get(exercise):
            return replace(state, scores={**state.scores, exercise: event.score})
        case ScoreCorrected() | CommentCorrected():
            return state
        case EnrolmentEnded():
            return replace(state, ended=event.reason)
        case CertificationGranted():
            return replace(state, decision="granted")
        case CertificationRefused():
            return replace(state, decision="refused", completed=False, attempts={})
        case TrainingReminderDue():
            return replace(state, reminded=True)
        case ModuleSuggested():
            return replace(state, suggested=True)
        case EnrolmentAnonymised():
            return replace(state, contribution=event.contribution)
        case EnrolmentContributed():
            return replace(state, contributed=True)
        case _:
            assert_never(event)
