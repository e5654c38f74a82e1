"""What others learn of a message: nothing where it is to a function and not to a person."""

import pytest

from services.notify.application.publish import publish
from services.notify.domain.events import (
    MessageEvent,
    MessageReleased,
    MessageSent,
    MessageSetAside,
    MessageSuppressed,
)
from services.notify.domain.recipient import OFFICER
from shared.event_store import Metadata, RecordedEvent
from shared.events.base import SubjectId
from tests.unit.notify.given import NOON, PERSON


def told(subject: SubjectId) -> list[MessageEvent]:
    return [
        MessageSent(subject_id=subject, message_id="m1", kind="hold_review", sent_at=NOON),
        MessageSuppressed(
            subject_id=subject,
            message_id="m1",
            kind="hold_review",
            reason="no_address",
            suppressed_at=NOON,
        ),
        MessageSetAside(subject_id=subject, message_id="m1", set_aside_at=NOON),
        MessageReleased(subject_id=subject, message_id="m1", released_at=NOON),
    ]


@pytest.mark.promise("C6.2")
@pytest.mark.parametrize(("subject", "is_told"), [(PERSON, True), (OFFICER, False)])
def test_a_letter_to_a_function_is_in_no_other_service(subject: SubjectId, is_told: bool) -> None:
    for event in told(subject):
        record = RecordedEvent(
            id="event-1",
            stream="message-m1",
            version=1,
            subject=subject,
            at=NOON,
            event=event,
            meta=Metadata.system("test"),
        )
        assert (publish(record) is not None) == is_told
