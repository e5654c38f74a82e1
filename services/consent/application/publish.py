"""From what is stored to what others read."""

from typing import assert_never, cast

from services.consent.domain.events import (
    ConsentEvent,
    ConsentGranted,
    ConsentsClosed,
    ConsentWithdrawn,
    ObjectionLifted,
    ObjectionRaised,
    PolicyAnswered,
    RestrictionLifted,
    RestrictionPlaced,
)
from services.consent.domain.policy.events import PolicyPublished
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
    PolicyAnswered,
    PolicyPublished,
    ConsentsClosed,
)
"""Every event this service stores."""


def publish(record: RecordedEvent) -> PublicEvent:
    """Return the public contract of a stored event."""
    event = cast("ConsentEvent | PolicyPublished", record.event)
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
        case PolicyAnswered():
            return public.PolicyAnswered(
                learner_id=event.learner_id, version=event.version, decision=event.decision
            )
        case PolicyPublished():
            return public.PolicyPublished(
                version=event.version,
                substantial=event.substantial,
                effective_at=event.effective_at,
                summary=event.summary,
            )
        case ConsentsClosed():
            return public.ConsentsEnded(learner_id=event.learner_id)
        case _:
            assert_never(event)
