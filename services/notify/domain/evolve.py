"""Folding a message's history."""

from dataclasses import replace
from typing import assert_never

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
from services.notify.domain.state import MessageState


def evolve(state: MessageState, event: MessageEvent) -> MessageState:
    """Return `state` after `event`; never raises on recorded history."""
    match event:
        case MessageQueued():
            return MessageState(
                status="queued",
                message_id=event.message_id,
                subject_id=event.subject_id,
                kind=event.kind,
                details=event.details,
                token=event.token,
                guardian_email=event.guardian_email,
                address=event.address,
                text=event.text,
                title=event.title,
                answers=event.answers,
                under_way=True,
                attempts=1,
                changed_at=event.queued_at,
                try_again_at=event.try_again_at,
            )
        case NoticePosted():
            return replace(state, posted_at=event.posted_at)
        case NoticeRead():
            return replace(state, read_at=event.read_at)
        case AttemptStarted():
            return replace(
                state,
                under_way=True,
                attempts=state.attempts + 1,
                waiting_for=None,
                try_again_at=event.try_again_at,
            )
        case MessageDeferred():
            # What did not leave yet is no attempt that failed.
            return replace(
                state,
                under_way=False,
                attempts=state.attempts - state.under_way,
                waiting_for=event.waiting_for,
                changed_at=event.deferred_at,
                try_again_at=event.until,
            )
        case MessageBounced():
            return replace(state, status="bounced", changed_at=event.bounced_at)
        case MessageComplained():
            return replace(state, complained=True)
        case MessageRepeated(repeat_id=repeat_id):
            return replace(state, repeated_as=repeat_id)
        case MessageToldByStaff():
            return replace(state, told_by_staff=True)
        case MessageSent():
            return replace(
                state,
                status="sent",
                changed_at=event.sent_at,
                settled_at=state.settled_at or event.sent_at,
                try_again_at=None,
            )
        case MessageSuppressed():
            return replace(
                state,
                status="suppressed",
                reason=event.reason,
                changed_at=event.suppressed_at,
                settled_at=state.settled_at or event.suppressed_at,
                try_again_at=None,
            )
        case MessageSetAside():
            return replace(state, status="aside", changed_at=event.set_aside_at, try_again_at=None)
        case MessageReleased():
            return replace(
                state,
                status="queued",
                under_way=False,
                changed_at=event.released_at,
                try_again_at=event.released_at,
            )
        case MessageFailed():
            return replace(
                state,
                status="failed" if event.retry_at is None else "queued",
                under_way=False,
                changed_at=event.failed_at,
                settled_at=state.settled_at or (None if event.retry_at else event.failed_at),
                try_again_at=event.retry_at,
            )
        case _:
            assert_never(event)
