"""The life of a message: queued once, attempted a bounded number of times, settled once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, assert_never

from services.notify.domain.commands import (
    MessageCommand,
    QueueMessage,
    ReleaseMessage,
    ReportFailure,
    ReportSent,
    SetAside,
    StartAttempt,
    SuppressMessage,
)
from services.notify.domain.events import (
    AttemptStarted,
    MessageEvent,
    MessageFailed,
    MessageQueued,
    MessageReleased,
    MessageSent,
    MessageSetAside,
    MessageSuppressed,
)
from services.notify.domain.state import MessageState
from shared.events.base import SubjectId

LEASE: Final = timedelta(minutes=2)
"""How long an attempt may take before another one may start: longer than any SMTP timeout."""

BACKOFF: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
)
"""Wait after each failed attempt; after the last one the message is given up."""

MAX_ATTEMPTS: Final = len(BACKOFF) + 1


def decide(  # noqa: C901 - one case a command
    command: MessageCommand, state: MessageState
) -> Sequence[MessageEvent]:
    """Return what `command` leads to; nothing where it is so already or no longer open."""
    match command:
        case QueueMessage():
            return [] if state.status != "none" else _queued(command)
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
        case ReportFailure(code, permanent, at):
            if not state.is_open:
                return []
            return [_failed(state, code, at, permanent=permanent)]
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
    if _may_have_been_sent(command):
        return [queued, _aside(command.subject_id, command.message_id, command.at)]
    return [queued]


def _may_have_been_sent(command: QueueMessage) -> bool:
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
        return [_failed(state, "interrupted", at, permanent=True)]
    return [
        AttemptStarted(
            subject_id=state.subject_id,
            message_id=state.message_id,
            started_at=at,
            try_again_at=at + LEASE,
        )
    ]


def _failed(state: MessageState, code: str, at: datetime, *, permanent: bool) -> MessageFailed:
    last = permanent or state.attempts >= MAX_ATTEMPTS
    return MessageFailed(
        subject_id=state.subject_id,
        message_id=state.message_id,
        code=code,
        failed_at=at,
        retry_at=None if last else at + BACKOFF[state.attempts - 1],
    )
