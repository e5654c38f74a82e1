"""What learners are told of their courses and of values that they marked as wrong."""

from datetime import UTC, datetime
from typing import Any, Final, cast

import pytest

from services.notify.application.deliver import Dispatcher
from services.notify.application.ports import Directory
from services.notify.application.react import Messages
from services.notify.domain.commands import QueueMessage
from shared.clock import SystemClock
from shared.events.base import PublicEvent, SubjectId
from shared.events.disputes import DisputeOutcome
from shared.events.learning import CourseCompleted, DisputeSettled, ModuleSuggested
from tests.envelopes import enveloped
from tests.unit.notify.given import Queued

AT: Final = datetime(2031, 3, 3, 9, tzinfo=UTC)
WHO: Final = SubjectId("learner-1")
COURSE: Final[dict[str, Any]] = {
    "learner_id": WHO,
    "enrolment_id": "enrolment-1",
    "module_id": "module-1",
}


async def told(event: PublicEvent) -> list[QueueMessage]:
    queued = Queued()
    messages = Messages(
        cast("Dispatcher", queued), cast("Directory", None), SystemClock(), lambda rule: rule
    )
    assert type(event) in messages.reaction().handlers
    await messages.send(enveloped(event, subject=WHO, at=AT, sequence=1))
    return queued.commands


@pytest.mark.promise("C5.1")
async def test_a_completed_course_is_told_and_what_fits_next_names_the_next() -> None:
    (progress,) = await told(CourseCompleted(**COURSE))
    assert (progress.kind, progress.details.module_id) == ("progress", "module-1")
    due = datetime(2031, 3, 1, tzinfo=UTC)
    suggested = ModuleSuggested(**COURSE, suggested_module_id="module-2", due_since=due)
    (suggestion,) = await told(suggested)
    assert (suggestion.kind, suggestion.details.module_id) == ("suggestion", "module-2")
    assert suggestion.owed_since == due


@pytest.mark.promise("C8.2")
@pytest.mark.parametrize(
    ("outcome", "causes"),
    [("accepted", ["accepted"]), ("refused", ["refused"]), ("withdrawn", []), ("erased", [])],
)
async def test_a_decision_about_a_disputed_value_is_told_and_nothing_else_of_it(
    outcome: DisputeOutcome, causes: list[str]
) -> None:
    commands = await told(
        DisputeSettled(
            learner_id=WHO,
            dispute_id="dispute-1",
            field="score",
            object="enrolment-1",
            outcome=outcome,
        )
    )
    assert [one.details.cause for one in commands] == causes
    assert {one.kind for one in commands} <= {"dispute_settled"}
