"""Breaking the glass is told to two functions, and to nobody whose data it opens."""

from datetime import UTC, datetime, timedelta
from typing import Final, cast

import pytest

from services.notify.application.deliver import Dispatcher
from services.notify.application.ports import Directory
from services.notify.application.react import Messages
from services.notify.domain.recipient import OFFICER, SECURITY
from shared.clock import SystemClock
from shared.events.base import PublicEvent, SubjectId
from shared.events.identity import BreakGlassReviewDue, BreakGlassTaken
from shared.personal import Category, Personal
from tests.envelopes import enveloped
from tests.unit.notify.given import Queued

AT: Final = datetime(2031, 3, 3, 9, tzinfo=UTC)
WHOM: Final = SubjectId("learner-1")
TAKEN: Final = BreakGlassTaken(
    access_id="access-1",
    subject_id=WHOM,
    taken_by="trainer-1",
    role="trainer",
    month="2031-03",
    reason=Personal("une urgence de test, inventée"),
    categories=(Category.LEARNING_HISTORY,),
    until=AT + timedelta(minutes=30),
)
DUE: Final = BreakGlassReviewDue(access_id="access-1", subject_id=WHOM, over_since=AT)


@pytest.mark.promise("C4.2", "C7.4")
@pytest.mark.parametrize(
    ("event", "kind"), [(TAKEN, "break_glass_alarm"), (DUE, "break_glass_review")]
)
async def test_the_officer_and_security_are_told_and_of_nobody(
    event: PublicEvent, kind: str
) -> None:
    queued = Queued()
    messages = Messages(
        cast("Dispatcher", queued), cast("Directory", None), SystemClock(), lambda rule: rule
    )
    assert type(event) in messages.reaction().handlers
    await messages.send(enveloped(event, subject=WHOM, at=AT, sequence=1))
    assert [one.subject_id for one in queued.commands] == [OFFICER, SECURITY]
    assert {one.kind for one in queued.commands} == {kind}
    assert len({one.message_id for one in queued.commands}) == len(queued.commands)
    for word in (WHOM, "trainer-1", "urgence"):
        assert word not in repr(queued.commands)
