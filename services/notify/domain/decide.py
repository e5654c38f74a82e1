"""The life of a message: queued once, attempted a bounded number of times, settled once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, assert_never

from services.notify.domain.commands import (
    Defer,
    MarkRead,
    MessageCommand,
    NoteTold,
    QueueMessage,
    ReleaseMessage,
    RepeatMessage,
    ReportBounce,
    ReportComplaint,
    ReportFailure,
    ReportSent,
    SetAside,
    StartAttempt,
    SuppressMessage,
)
from services.notify.domain.events import (
    AttemptStarted,
    MessageBounced,
    MessageComplained,
    MessageDeferred,
    MessageEvent,
    MessageFailed,
    MessageQueued,
    MessageReleased,
    MessageRepeated,
    MessageSent,
    MessageSetAside,
    MessageSuppressed,
    MessageToldByStaff,
    NoticePosted,
    NoticeRead,
)
from services.notify.domain.kinds import purpose_of
from services.notify.domain.notices import at_once, posted_at
from services.notify.domain.state import MessageState
from services.notify.domain.timing import BACKOFF, retry_at
from shared.events.base import SubjectId

LEASE: Final = timedelta(minutes=2)
"""How long an attempt may take before another one may start: longer than any SMTP timeout."""

MAX_ATTEMPTS: Final = len(BACKOFF) + 1


def decide(  # noqa: C901 - one case a command
    command: MessageCommand, state: MessageState
) -> Sequence[MessageEvent]:
    """Return what `command` leads to; nothing where it is so already or no longer open."""
    match command:
        case QueueMessage():
            return [] if state.status != "none" else _queued(command)
        case MarkRead(at):
            if posted_at(state) is None or state.read_at is not None:
                return []
            return [
                NoticeRead(subject_id=state.subject_id, message_id=state.message_id, read_at=at)
            ]
        case StartAttempt(at):
            return _start(state, at)
        case ReportSent(at):
            if not state.is_open:
                return []
            return [
                MessageSent(
                    subject_id=state.subject_id,
                    message_id=state.message_id,
                    kind=state.kind,
                    sent_at=at,
                )
            ]
        case ReportFailure():
            return [_failed(state, command)] if state.is_open else []
        case Defer():
            return [_deferred(state, command)] if state.is_open else []
        case ReportBounce():
            return [_bounced(state, command)] if state.status == "sent" else []
        case ReportComplaint(at):
            if state.status not in ("sent", "bounced") or state.complained:
                return []
            return [
                MessageComplained(
                    subject_id=state.subject_id,
                    message_id=state.message_id,
                    kind=state.kind,
                    complained_at=at,
                    purpose=purpose_of(state.kind, state.details.topic),
                )
            ]
        case RepeatMessage(repeat_id, at):
            if state.status == "none" or state.repeated_as == repeat_id:
                return []
            return [
                MessageRepeated(
                    subject_id=state.subject_id,
                    message_id=state.message_id,
                    kind=state.kind,
                    repeat_id=repeat_id,
                    repeated_at=at,
                )
            ]
        case NoteTold():
            return _told(state, command)
        case SetAside(at):
            return [_aside(state.subject_id, state.message_id, at)] if state.is_open else []
        case ReleaseMessage(at):
            if state.status != "aside":
                return []
            return [
                MessageReleased(
                    subject_id=state.subject_id, message_id=state.message_id, released_at=at
                )
            ]
        case SuppressMessage(reason, at):
            if not state.is_unsettled:
                return []
            return [
                MessageSuppressed(
                    subject_id=state.subject_id,
                    message_id=state.message_id,
                    kind=state.kind,
                    reason=reason,
                    suppressed_at=at,
                )
            ]
        case _:
            assert_never(command)


def _queued(command: QueueMessage) -> Sequence[MessageEvent]:
    answer = command.answer
    queued = MessageQueued(
        subject_id=command.subject_id,
        message_id=command.message_id,
        kind=command.kind,
        cause_id=command.cause_id,
        details=command.details,
        token=command.token,
        guardian_email=command.guardian_email,
        address=command.address,
        request_id=answer.request_id if answer else None,
        text=answer.text if answer else None,
        title=answer.title if answer else None,
        answers=answer.answers if answer else None,
        queued_at=command.at,
        try_again_at=command.at + LEASE,
    )
    events: list[MessageEvent] = [queued]
    if at_once(command):
        events.append(
            NoticePosted(
                subject_id=command.subject_id,
                message_id=command.message_id,
                kind=command.kind,
                posted_at=command.at,
            )
        )
    if may_have_been_sent(command):
        events.append(_aside(command.subject_id, command.message_id, command.at))
    return events


def may_have_been_sent(command: QueueMessage) -> bool:
    """Whether a restore may have lost that the message was sent."""
    if command.restored_at is None or command.owed_since is None:
        return False
    return command.owed_since < command.restored_at


def _aside(subject_id: SubjectId, message_id: str, at: datetime) -> MessageSetAside:
    return MessageSetAside(subject_id=subject_id, message_id=message_id, set_aside_at=at)


def _start(state: MessageState, at: datetime) -> Sequence[MessageEvent]:
    if not state.is_open or state.try_again_at is None or at < state.try_again_at:
        return []
    if state.attempts >= MAX_ATTEMPTS:
        # Nothing was ever heard of the last attempt: trying for ever would be no bound.
        return [_failed(state, ReportFailure("interrupted", permanent=True, at=at))]
    return [
        AttemptStarted(
            subject_id=state.subject_id,
            message_id=state.message_id,
            started_at=at,
            try_again_at=at + LEASE,
        )
    ]


def _failed(state: MessageState, failure: ReportFailure) -> MessageFailed:
    again = None if failure.permanent else retry_at(failure.at, state.attempts, state.message_id)
    return MessageFailed(
        subject_id=state.subject_id,
        message_id=state.message_id,
        code=failure.code,
        failed_at=failure.at,
        retry_at=again,
        kind=state.kind,
        status=failure.status,
    )


def _deferred(state: MessageState, command: Defer) -> MessageDeferred:
    return MessageDeferred(
        subject_id=state.subject_id,
        message_id=state.message_id,
        waiting_for=command.waiting_for,
        deferred_at=command.at,
        until=command.until,
    )


def _told(state: MessageState, command: NoteTold) -> Sequence[MessageEvent]:
    if state.status == "none" or state.told_by_staff:
        return []
    return [
        MessageToldByStaff(
            subject_id=state.subject_id,
            message_id=state.message_id,
            kind=state.kind,
            channel=command.channel,
            told_by=command.by,
            told_at=command.at,
        )
    ]


def _bounced(state: MessageState, command: ReportBounce) -> MessageBounced:
    return MessageBounced(
        subject_id=state.subject_id,
        message_id=state.message_id,
        kind=state.kind,
        status=command.status,
        hard=command.hard,
        bounced_at=command.at,
    )
