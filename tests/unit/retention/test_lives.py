"""A life is the same whether its events are folded together or one by one."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import reduce

from services.retention.projections.lives import Lives
from shared.database import Document
from shared.events.base import SubjectId
from shared.events.identity import EmailConfirmed, LearnerLoggedIn
from shared.events.learning import CourseEnrolled, EnrolmentEnded
from tests.envelopes import enveloped

LEARNER = SubjectId("learner-1")
BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
FIRST = enveloped(EmailConfirmed(learner_id=LEARNER), subject=LEARNER, at=BEGUN)


def test_folding_together_is_folding_one_by_one() -> None:
    enrolled = CourseEnrolled(
        learner_id=LEARNER, enrolment_id="e-1", module_id="m", access_until=date(2027, 1, 1)
    )
    ended = EnrolmentEnded(learner_id=LEARNER, enrolment_id="e-1", reason="learner")
    facts = (enrolled, LearnerLoggedIn(learner_id=LEARNER), ended)
    later = [
        replace(FIRST, data=fact, sequence=number + 2, time=BEGUN + timedelta(days=number))
        for number, fact in enumerate(facts)
    ]
    lives = Lives()
    known: Document = {**lives.fold(None, FIRST), "next_at": BEGUN, "rules": "v1"}
    one_by_one = reduce(lives.fold, later, known)
    assert lives.fold_all(known, later) == one_by_one
    assert one_by_one["folds"] == 4
