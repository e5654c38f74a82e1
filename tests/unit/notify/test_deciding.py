"""Given a message's past, when something happens to it, then it goes on like this."""

from datetime import timedelta

import pytest

from services.notify.application.deliver import message_id
from services.notify.domain.commands import (
    MessageCommand,
    ReportComplaint,
    ReportFailure,
    ReportSent,
    StartAttempt,
    SuppressMessage,
)
from services.notify.domain.decide import LEASE, MAX_ATTEMPTS, decide
from services.notify.domain.events import (
    AttemptStarted,
    Details,
    MessageComplained,
    MessageEvent,
    MessageFailed,
    MessageQueued,
    MessageSent,
    MessageSuppressed,
    NoticePosted,
)
from services.notify.domain.evolve import evolve
from services.notify.domain.timing import BACKOFF, JITTER, retry_at
from shared.events.notify import MessageKind
from tests.unit.notify.given import NOON, PERSON, given, queue, queued

SENT = MessageSent(subject_id=PERSON, message_id="message-1", kind="welcome", sent_at=NOON)
SUPPRESSED = MessageSuppressed(
    subject_id=PERSON,
    message_id="message-1",
    kind="welcome",
    reason="erased",
    suppressed_at=NOON,
)
GIVEN_UP = MessageFailed(
    subject_id=PERSON, message_id="message-1", code="550", failed_at=NOON, retry_at=None
)
SETTLED = [(queued(), SENT), (queued(), SUPPRESSED), (queued(), GIVEN_UP)]


def test_a_message_is_queued_for_its_cause() -> None:
    event, notice = decide(queue(), given())

    assert isinstance(event, MessageQueued)
    assert isinstance(notice, NoticePosted)
    assert (event.kind, event.cause_id, event.try_again_at) == ("welcome", "event-1", NOON + LEASE)


@pytest.mark.parametrize("history", [(queued(),), *SETTLED], ids=len)
def test_the_same_message_is_never_queued_twice(history: tuple[MessageEvent, ...]) -> None:
    assert decide(queue(), given(*history)) == []


def test_redelivery_leads_to_the_same_message_and_another_kind_to_another() -> None:
    assert message_id("welcome", "event-1") == message_id("welcome", "event-1")
    assert message_id("welcome", "event-1") != message_id("reminder", "event-1")
    assert message_id("welcome", "event-1") != message_id("welcome", "event-2")


def test_an_accepted_message_is_sent() -> None:
    assert decide(ReportSent(NOON), given(queued())) == [SENT]


@pytest.mark.parametrize("history", SETTLED, ids=["sent", "suppressed", "given-up"])
@pytest.mark.parametrize(
    "command",
    [
        ReportSent(NOON),
        ReportFailure("451", permanent=False, at=NOON),
        SuppressMessage("erased", NOON),
        StartAttempt(NOON + timedelta(days=9)),
    ],
)
def test_nothing_happens_to_a_settled_message(
    history: tuple[MessageEvent, ...], command: MessageCommand
) -> None:
    assert decide(command, given(*history)) == []


def test_a_refusal_for_a_while_is_tried_again_later() -> None:
    (event,) = decide(ReportFailure("451", permanent=False, at=NOON), given(queued()))

    assert isinstance(event, MessageFailed)
    assert (event.code, event.retry_at) == ("451", retry_at(NOON, 1, "message-1"))
    assert event.retry_at is not None
    assert abs(event.retry_at - NOON - BACKOFF[0]) <= BACKOFF[0] * JITTER
    assert given(queued(), event).is_open


def test_a_refusal_for_good_is_not_tried_again() -> None:
    (event,) = decide(ReportFailure("550", permanent=True, at=NOON), given(queued()))

    assert isinstance(event, MessageFailed)
    assert event.retry_at is None
    assert given(queued(), event).status == "failed"


def test_an_attempt_starts_only_when_its_time_has_come() -> None:
    state = given(queued())

    assert decide(StartAttempt(NOON + LEASE - timedelta(seconds=1)), state) == []
    assert [type(e) for e in decide(StartAttempt(NOON + LEASE), state)] == [AttemptStarted]


def test_while_one_attempt_is_under_way_no_other_starts() -> None:
    at = NOON + LEASE
    (started,) = decide(StartAttempt(at), given(queued()))

    assert decide(StartAttempt(at), given(queued(), started)) == []


def test_attempts_are_bounded_however_they_end() -> None:
    state, at = given(queued()), NOON
    for _ in range(MAX_ATTEMPTS * 2):
        for command in (
            ReportFailure("provider-away", permanent=False, at=at),
            StartAttempt(at + BACKOFF[-1]),
        ):
            for event in decide(command, state):
                state = evolve(state, event)
        at += BACKOFF[-1] * 2

    assert (state.status, state.attempts) == ("failed", MAX_ATTEMPTS)


def test_an_attempt_nobody_ever_reported_on_counts_too() -> None:
    state, at = given(queued()), NOON
    while state.is_open:
        at += LEASE
        for event in decide(StartAttempt(at), state):
            state = evolve(state, event)

    assert (state.status, state.attempts) == ("failed", MAX_ATTEMPTS)


def test_a_message_without_basis_is_an_event_with_its_reason() -> None:
    assert decide(SuppressMessage("erased", NOON), given(queued())) == [SUPPRESSED]


@pytest.mark.promise("C9.2")
@pytest.mark.parametrize(
    ("kind", "topic", "purpose"),
    [
        ("newsletter", None, "newsletter"),
        ("newsletter", "newsletter-figures", "newsletter-figures"),
        ("reminder", None, None),
        ("welcome", None, None),
    ],
)
def test_a_complaint_names_the_consent_that_the_message_rested_on(
    kind: MessageKind, topic: str | None, purpose: str | None
) -> None:
    sent = SENT.model_copy(update={"kind": kind})
    state = given(queued(kind, details=Details(topic=topic)), sent)
    (event,) = decide(ReportComplaint(NOON), state)
    assert isinstance(event, MessageComplained)
    assert event.purpose == purpose
    assert decide(ReportComplaint(NOON), given(queued(kind), sent, event)) == []
