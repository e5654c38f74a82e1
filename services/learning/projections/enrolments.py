"""Read model `enrolments`: which are idle, which await a trainer. Neither answers nor scores.

One document an enrolment: `learner_id`, `module_id`, `cohort`, `enrolled_at`, `access_until` (ISO
date), `active_at`, `reminded`, `suggested`, `status` (`running`, `completed`, `refused`,
`certified`, `ended`), `completed_at`.
"""

from collections.abc import Iterable

from services.learning.projections.scopes import objects_of
from shared.cohorts import cohort_of
from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection
from shared.database import Document, IndexModel
from shared.events.learning import (
    AccessCorrected,
    CertificationGranted,
    CertificationRefused,
    CourseCompleted,
    CourseEnrolled,
    EnrolmentEnded,
    ExerciseAnswered,
    ModuleSuggested,
    TrainingReminderDue,
)
from shared.events.retention import ErasureOrdered
from shared.personal import Category


class Enrolments(Projection):
    """Enrolments across learners, for trainers' lists and for reminders."""

    name = "enrolments"
    version = 3
    topics = ("learning.events", "retention.events")
    indexes = (
        IndexModel([("learner_id", 1)]),
        IndexModel([("status", 1), ("completed_at", 1)]),
        IndexModel([("status", 1), ("reminded", 1), ("active_at", 1)]),
        IndexModel([("status", 1), ("suggested", 1), ("active_at", 1)]),
    )

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Concern the enrolment, or those whose history an order takes."""
        match envelope.data:
            case (
                CourseEnrolled(enrolment_id=enrolment_id)
                | ExerciseAnswered(enrolment_id=enrolment_id)
                | CourseCompleted(enrolment_id=enrolment_id)
                | EnrolmentEnded(enrolment_id=enrolment_id)
                | AccessCorrected(enrolment_id=enrolment_id)
                | CertificationGranted(enrolment_id=enrolment_id)
                | CertificationRefused(enrolment_id=enrolment_id)
                | TrainingReminderDue(enrolment_id=enrolment_id)
                | ModuleSuggested(enrolment_id=enrolment_id)
            ):
                return [enrolment_id]
            case ErasureOrdered() as order:
                return objects_of(order, Category.LEARNING_HISTORY)
            case _:
                return []

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:  # noqa: C901 - one case an event
        """Return the enrolment's document after `envelope`."""
        event = envelope.data
        if isinstance(event, CourseEnrolled):
            return {
                "learner_id": event.learner_id,
                "module_id": event.module_id,
                "cohort": cohort_of(envelope.time),
                "enrolled_at": envelope.time,
                "access_until": event.access_until.isoformat(),
                "active_at": envelope.time,
                "reminded": False,
                "suggested": False,
                "status": "running",
                "completed_at": None,
            }
        if document is None:
            return None
        match event:
            case ExerciseAnswered():
                running = "running" if document["status"] == "refused" else document["status"]
                active = {"active_at": envelope.time, "reminded": False, "status": running}
                return {**document, **active}
            case CourseCompleted():
                return {**document, "status": "completed", "completed_at": envelope.time}
            case CertificationGranted():
                return {**document, "status": "certified"}
            case CertificationRefused():
                return {**document, "status": "refused"}
            case AccessCorrected():
                return {**document, "access_until": event.access_until.isoformat()}
            case EnrolmentEnded():
                return {**document, "status": "ended"}
            case TrainingReminderDue():
                return {**document, "reminded": True}
            case ModuleSuggested():
                return {**document, "suggested": True}
            case ErasureOrdered():
                return None
            case _:
                return document
