"""After a restore nothing is sent that may have been sent before."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from services.notify.application.publish import publish
from services.notify.application.react import _owed_since
from services.notify.domain.commands import ReleaseMessage, SetAside, StartAttempt, SuppressMessage
from services.notify.domain.decide import decide
from services.notify.domain.events import (
    AttemptStarted,
    MessageEvent,
    MessageQueued,
    MessageReleased,
    MessageSetAside,
    MessageSuppressed,
    NoticePosted,
)
from services.notify.domain.state import MessageState
from shared.event_store import Metadata, RecordedEvent
from shared.events import learning, notify, retention
from tests.unit.notify.given import NOON, PERSON, envelope, given, queue, queued

DAY = timedelta(days=1)
ASIDE = MessageSetAside(subject_id=PERSON, message_id="message-1", set_aside_at=NOON)


def kinds(events: "list[MessageEvent]") -> list[type]:
    return [type(event) for event in events]


@pytest.mark.parametrize(
    ("owed_since", "restored_at", "aside"),
    [
        (NOON - DAY, NOON, True),
        (NOON, NOON, False),
        (NOON - DAY, None, False),
        (None, NOON, False),
    ],
)
def test_what_was_owed_before_a_restore_waits_for_an_operator(
    owed_since: datetime | None, restored_at: datetime | None, aside: bool
) -> None:
    command = replace(queue(), owed_since=owed_since, restored_at=restored_at)
    events = list(decide(command, MessageState()))
    assert kinds(events) == [MessageQueued, NoticePosted, *([MessageSetAside] if aside else [])]
    assert given(*events).status == ("aside" if aside else "queued")


def test_what_is_set_aside_is_not_attempted() -> None:
    state = given(queued(), ASIDE)
    assert decide(StartAttempt(NOON + DAY), state) == []
    assert not state.is_open


def test_what_is_released_is_attempted() -> None:
    state = given(queued(), ASIDE)
    (released,) = decide(ReleaseMessage(NOON + DAY), state)
    assert isinstance(released, MessageReleased)
    after = given(queued(), ASIDE, released)
    assert kinds(list(decide(StartAttempt(NOON + DAY), after))) == [AttemptStarted]
    assert decide(ReleaseMessage(NOON + DAY), after) == []


def test_what_is_set_aside_is_suppressed_with_its_person() -> None:
    events = decide(SuppressMessage("erased", NOON), given(queued(), ASIDE))
    assert kinds(list(events)) == [MessageSuppressed]


def test_what_is_set_aside_and_what_becomes_of_it_is_told() -> None:
    (released,) = decide(ReleaseMessage(NOON), given(queued(), ASIDE))
    (discarded,) = decide(SuppressMessage("sent_before", NOON), given(queued(), ASIDE))
    meta = Metadata.system("test")
    told = [
        publish(RecordedEvent("event-1", "message-1", 1, PERSON, NOON, event, meta))
        for event in (ASIDE, released, discarded)
    ]
    assert [type(one) for one in told] == [
        notify.MessageSetAside,
        notify.MessageReleased,
        notify.MessageSuppressed,
    ]
    assert given(queued(), ASIDE, discarded).status == "suppressed"


def test_what_is_settled_is_not_set_aside() -> None:
    (suppressed,) = decide(SuppressMessage("erased", NOON), given(queued()))
    assert decide(SetAside(NOON), given(queued(), suppressed)) == []


def test_what_is_found_out_anew_is_owed_since_it_fell_due() -> None:
    due = NOON - 10 * DAY
    reminder = learning.TrainingReminderDue(
        learner_id=PERSON, enrolment_id="e1", module_id="m1", due_since=due
    )
    assert _owed_since(envelope(reminder)) == due
    told = retention.DeletionAnnounced(subject_id=PERSON, rule_id="contact", due=NOON + 20 * DAY)
    assert _owed_since(envelope(told)) == NOON - 10 * DAY
    disclosed = retention.HoldDisclosed(
        hold_id="h1",
        subject_id=PERSON,
        ground="audit",
        authority=None,
        scopes=(),
        expires_at=NOON + DAY,
        placed_at=NOON - 20 * DAY,
        disclosed_from=due,
    )
    assert _owed_since(envelope(disclosed)) == due
    never_secret = disclosed.model_copy(update={"disclosed_from": None})
    assert _owed_since(envelope(never_secret)) == NOON - 20 * DAY
    review = retention.HoldReviewDue(
        hold_id="h1", subject_id=PERSON, reviewer="dpo-1", review_at=NOON + 4 * DAY
    )
    assert _owed_since(envelope(review)) == due
