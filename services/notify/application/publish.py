"""From what is stored to what others read."""

from typing import assert_never, cast, get_args

from services.notify.domain.event.book import EventBookEvent
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
from services.notify.domain.recipient import FUNCTIONS
from shared.event_store import RecordedEvent
from shared.events import notify as public
from shared.events.base import PublicEvent

DOMAIN_EVENTS = (*get_args(MessageEvent), *get_args(EventBookEvent))
"""Every event this service stores."""


def publish(  # noqa: C901 - one case an event
    record: RecordedEvent,
) -> PublicEvent | None:
    """Return the public contract of a stored event; `None` keeps it private."""
    if record.event.NEVER_PUBLISHED:
        return None
    event = cast("MessageEvent", record.event)
    if event.subject_id in FUNCTIONS:
        # About nobody that another service knows.
        return None
    match event:
        case MessageSent():
            return public.MessageSent(
                subject_id=event.subject_id, message_id=event.message_id, kind=event.kind
            )
        case MessageSuppressed():
            return public.MessageSuppressed(
                subject_id=event.subject_id,
                message_id=event.message_id,
                kind=event.kind,
                reason=event.reason,
            )
        case NoticePosted():
            return public.NoticePosted(
                subject_id=event.subject_id, message_id=event.message_id, kind=event.kind
            )
        case NoticeRead():
            return public.NoticeRead(subject_id=event.subject_id, message_id=event.message_id)
        case MessageSetAside():
            return public.MessageSetAside(subject_id=event.subject_id, message_id=event.message_id)
        case MessageReleased():
            return public.MessageReleased(subject_id=event.subject_id, message_id=event.message_id)
        case MessageBounced():
            return public.MessageBounced(
                subject_id=event.subject_id,
                message_id=event.message_id,
                kind=event.kind,
                status=event.status,
                hard=event.hard,
            )
        case MessageComplained():
            return public.MessageComplained(
                subject_id=event.subject_id,
                message_id=event.message_id,
                kind=event.kind,
                purpose=event.purpose,
            )
        case MessageRepeated():
            return public.MessageRepeated(
                subject_id=event.subject_id,
                message_id=event.message_id,
                kind=event.kind,
                repeat_id=event.repeat_id,
            )
        case MessageToldByStaff():
            return public.MessageToldByStaff(
                subject_id=event.subject_id,
                message_id=event.message_id,
                kind=event.kind,
                channel=event.channel,
                told_by=event.told_by,
            )
        case MessageFailed(kind=str() as kind, retry_at=None):
            return public.MessageGivenUp(
                subject_id=event.subject_id, message_id=event.message_id, kind=kind
            )
        case MessageQueued() | AttemptStarted() | MessageFailed() | MessageDeferred():
            return None
        case _:
            assert_never(event)
