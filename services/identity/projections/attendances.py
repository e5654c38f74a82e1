"""Read model `attendances`: who takes which module in which cohort, hence part in its sessions.

One document a running enrolment: `learner_id`, `module_id`, `cohort`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from shared.cohorts import cohort_of
from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection
from shared.database import Document, IndexModel
from shared.events.learning import CourseEnrolled, EnrolmentEnded
from shared.events.retention import ErasureOrdered
from shared.personal import WHOLE, Category


class Attendances(Projection):
    """Enrolments as far as they say who meets in a live session."""

    name = "attendances"
    topics = ("learning.events", "retention.events")
    indexes = (
        IndexModel([("module_id", 1), ("cohort", 1)]),
        IndexModel([("learner_id", 1)]),
    )

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Concern the enrolment, or those whose history an order takes."""
        match envelope.data:
            case (
                CourseEnrolled(enrolment_id=enrolment_id)
                | EnrolmentEnded(enrolment_id=enrolment_id)
            ):
                return [enrolment_id]
            case ErasureOrdered(scopes=scopes):
                histories = [s for s in scopes if s.category is Category.LEARNING_HISTORY]
                return [scope.object for scope in histories if scope.object != WHOLE]
            case _:
                return []

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        """Return the enrolment's document after `envelope`; one that is over has none."""
        if document is None and isinstance(event := envelope.data, CourseEnrolled):
            return {
                "learner_id": event.learner_id,
                "module_id": event.module_id,
                "cohort": cohort_of(envelope.time),
            }
        return None


def attending(session: Mapping[str, Any]) -> dict[str, Any]:
    """Return the query for who takes part in a live session: not who has said not to come."""
    query: dict[str, Any] = {"module_id": session["module_id"]}
    if session["absent"]:
        query["learner_id"] = {"$nin": session["absent"]}
    return query if session["cohort"] is None else {**query, "cohort": session["cohort"]}
