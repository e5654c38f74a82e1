"""Events as subscribers get them, where a test needs no bus to bring them."""

from datetime import datetime

from shared.consuming.envelope import Envelope
from shared.events.base import PublicEvent, SubjectId


def enveloped(
    event: PublicEvent,
    *,
    subject: str,
    at: datetime,
    sequence: int = 1,
    stream: str = "stream-1",
    event_id: str = "",
) -> Envelope:
    """Return `event` about `subject`, the one with `sequence` in its stream, as its service's."""
    return Envelope(
        id=event_id or f"event-{sequence}",
        type=event.type_name(),
        version=event.VERSION,
        source=event.SERVICE,
        subject=SubjectId(subject),
        stream=stream,
        sequence=sequence,
        time=at,
        correlation_id="correlation-1",
        causation_id=None,
        traceparent=None,
        data=event,
        topic=f"{event.SERVICE}.events",
        partition=0,
        offset=sequence,
    )
