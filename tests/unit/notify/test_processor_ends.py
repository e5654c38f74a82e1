"""What ends of a processor's agreements is told to the officer's function, and to nobody else."""

from datetime import UTC, date, datetime
from typing import Final, cast

import pytest

from services.notify.application.deliver import Dispatcher
from services.notify.application.ports import Directory
from services.notify.application.publish import publish
from services.notify.application.react import Messages
from services.notify.domain.events import MessageSent
from services.notify.domain.recipient import OFFICER
from shared.clock import SystemClock
from shared.event_store import Metadata, RecordedEvent
from shared.events.base import SubjectId
from shared.events.retention import ProcessorEndReminded
from tests.envelopes import enveloped
from tests.unit.notify.given import Queued

AT: Final = datetime(2031, 3, 3, 9, tzinfo=UTC)
NEAR: Final = ProcessorEndReminded(
    processor_id="mail",
    organisation="Exemple SA",
    kind="guarantee",
    reference="SCC-1",
    until=date(2031, 4, 1),
    days_ahead=30,
)


@pytest.mark.promise("C6.1", "C10.1")
async def test_the_officer_gets_one_letter_for_each_notice_with_the_last_day() -> None:
    queued = Queued()
    messages = Messages(
        cast("Dispatcher", queued), cast("Directory", None), SystemClock(), lambda rule: rule
    )
    assert ProcessorEndReminded in messages.reaction().handlers
    envelope = enveloped(NEAR, subject=SubjectId("processors"), at=AT, sequence=1)
    for _ in range(2):
        await messages.send(envelope)
    first, again = queued.commands
    assert (first.subject_id, first.kind) == (OFFICER, "processor_ends")
    assert first.message_id == again.message_id
    details = first.details
    assert (details.processor, details.reference, details.cause) == (
        "Exemple SA",
        "SCC-1",
        "guarantee",
    )
    assert details.due is not None
    assert details.due.date() == NEAR.until
    sent = MessageSent(subject_id=OFFICER, message_id=first.message_id, kind=first.kind, sent_at=AT)
    record = RecordedEvent(
        "e", "message-m", 2, OFFICER, AT, event=sent, meta=Metadata.system("test")
    )
    assert publish(record) is None
