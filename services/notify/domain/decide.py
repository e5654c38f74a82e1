"""The life of a message: queued once, attempted a bounded number of times, settled once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, assert_never

from services.notify.domain.commands import (
    MessageCommand,
    QueueMessage,
    ReportFailure,
    ReportSent,
    StartAttempt,
    SuppressMessage,
)
from services.notify.domain.events import (
    AttemptStarted,
    MessageEvent,
    MessageFailed,
    MessageQueued,
    MessageSent,
    MessageSuppressed,
)
from services.notify.domain.state import MessageState

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


def decide(command: MessageCommand, state: MessageState) -> Sequence[MessageEvent]:
    """Return what `command` leads to; nothing where it is so already or no longer open."""
    match command:
        case QueueMessage():
            return [] if state.status != "none" else [_queued(command)]
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
        case SuppressMessage(reason, at):
            if not state.is_open:
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


def _queued(command: QueueMessage) -> MessageQueued:
    return MessageQueued(
        subject_id=command.subject_id,
        message_id=command.message_id,
        kind=command.kind,
        cause_id=command.cause_id,
        details=command.details,
        token=command.token,
        guardian_email=command.guardian_email,
        queued_at=command.at,
        try_again_at=command.at + LEASE,
    )


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
