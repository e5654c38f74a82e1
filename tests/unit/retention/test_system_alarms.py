"""What is about no person is told to the officer once, and is over by itself (C7.5)."""

from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from services.retention.application.publish import publish
from services.retention.domain.system_alarm import (
    Report,
    SystemAlarmEvent,
    SystemAlarms,
    SystemAlarmWasRaised,
    SystemAlarmWasSettled,
    decide,
    evolve,
    is_late,
)
from services.retention.projections.alarms import Alarms
from services.retention.projections.messages_aside import MessagesAside
from shared.consuming.envelope import Envelope
from shared.database import Document
from shared.event_store import Metadata, RecordedEvent
from shared.events import notify, retention
from shared.events.base import DomainEvent, PublicEvent, SubjectId
from tests.envelopes import enveloped

NOW = datetime(2030, 6, 3, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
WHO, MESSAGE = SubjectId("learner-1"), "message-1"
RAISED = SystemAlarmWasRaised(alarm_id="alarm-1", kind="backup_late")
SETTLED = SystemAlarmWasSettled(alarm_id="alarm-1", kind="backup_late")


def given(*events: SystemAlarmEvent) -> SystemAlarms:
    state = SystemAlarms()
    for event in events:
        state = evolve(state, event)
    return state


def test_what_is_wrong_is_told_once_and_again_after_it_was_over() -> None:
    wrong = Report("backup_late", wrong=True, alarm_id="alarm-1")
    right = Report("backup_late", wrong=False, alarm_id="alarm-2")
    assert decide(wrong, given()) == [RAISED]
    assert decide(wrong, given(RAISED)) == []
    assert decide(right, given()) == []
    assert decide(right, given(RAISED)) == [SETTLED]
    assert decide(right, given(RAISED, SETTLED)) == []
    assert decide(wrong, given(RAISED, SETTLED)) == [RAISED]


def test_one_matter_says_nothing_of_another() -> None:
    report = Report("messages_set_aside", wrong=False, alarm_id="alarm-2")
    assert decide(report, given(RAISED)) == []


@pytest.mark.promise("C7.5")
@pytest.mark.parametrize(
    ("ago", "late"), [(DAY, False), (2 * DAY, False), (2 * DAY + timedelta(seconds=1), True)]
)
def test_a_backup_is_late_after_twice_its_interval(ago: timedelta, *, late: bool) -> None:
    assert is_late(NOW - ago, DAY, NOW) is late


def envelope(event: PublicEvent) -> Envelope:
    return enveloped(event, subject=WHO, at=NOW)


def told(event: DomainEvent) -> PublicEvent:
    """What others learn of a stored event."""
    record = RecordedEvent("event-1", "s", 1, WHO, NOW, event, Metadata.system("test"))
    return cast("PublicEvent", publish(record))


def test_the_list_of_alarms_holds_it_until_it_is_over() -> None:
    alarms, document = Alarms(), cast("Document | None", None)
    for event, is_open in ((told(RAISED), True), (told(SETTLED), False), (told(RAISED), True)):
        assert alarms.keys(envelope(event)) == ("backup_late",)
        document = alarms.fold(document, envelope(event))
        assert document is not None
        assert (document["kind"], document["open"]) == ("backup_late", is_open)
    assert isinstance(told(SETTLED), retention.SystemAlarmSettled)


@pytest.mark.parametrize(
    "end",
    [
        notify.MessageReleased(subject_id=WHO, message_id=MESSAGE),
        notify.MessageSuppressed(
            subject_id=WHO, message_id=MESSAGE, kind="reminder", reason="sent_before"
        ),
    ],
)
def test_a_message_set_aside_waits_until_it_is_released_or_settled(end: PublicEvent) -> None:
    aside = MessagesAside()
    set_aside = envelope(notify.MessageSetAside(subject_id=WHO, message_id=MESSAGE))
    assert aside.keys(set_aside) == aside.keys(envelope(end)) == (MESSAGE,)
    assert aside.fold(None, envelope(end)) is None, "one that was never set aside is not listed"
    document = aside.fold(None, set_aside)
    assert document == {"open": True}
    assert aside.fold(document, envelope(end)) == {"open": False}
