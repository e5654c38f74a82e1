"""From what is stored to what others read."""

from typing import assert_never, cast

from services.consent.domain.events import (
    ConsentEvent,
    ConsentGranted,
    ConsentsClosed,
    ConsentWithdrawn,
    ObjectionLifted,
    ObjectionRaised,
    RestrictionLifted,
    RestrictionPlaced,
)
from shared.event_store import RecordedEvent
from shared.events import consent as public
from shared.events.base import PublicEvent

DOMAIN_EVENTS = (
    ConsentGranted,
    ConsentWithdrawn,
    ObjectionRaised,
    ObjectionLifted,
    RestrictionPlaced,
    RestrictionLifted,
    ConsentsClosed,
)
"""Every event this service stores."""


def publish(record: RecordedEvent) -> PublicEvent:
    """Return the public contract of a stored event."""
    event = cast("ConsentEvent", record.event)
    match event:
        case ConsentGranted():
            return public.ConsentGranted(
                learner_id=event.learner_id,
                purpose=event.purpose,
                text_version=event.shown.text_version,
                language=event.shown.language,
                channel=event.channel,
            )
        case ConsentWithdrawn():
            return public.ConsentWithdrawn(
                learner_id=event.learner_id, purpose=event.purpose, channel=event.channel
            )
        case ObjectionRaised():
            return public.ObjectionRaised(
                learner_id=event.learner_id, purpose=event.purpose, explained=event.explained
            )
        case ObjectionLifted():
            return public.ObjectionLifted(learner_id=event.learner_id, purpose=event.purpose)
        case RestrictionPlaced():
            return public.RestrictionPlaced(
                learner_id=event.learner_id, category=event.category, explained=event.explained
            )
        case RestrictionLifted():
            return public.RestrictionLifted(learner_id=event.learner_id, category=event.category)
        case ConsentsClosed():
            return public.ConsentsEnded(learner_id=event.learner_id)
        case _:
            assert_never(event)
