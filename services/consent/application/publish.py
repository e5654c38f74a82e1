"""From stored decisions to public contracts."""

from services.consent.domain.events import (
    ConsentGiven,
    ConsentTakenBack,
    Objected,
    ObjectionTakenBack,
)
from shared.event_store import RecordedEvent
from shared.events import consent as public
from shared.events.base import PublicEvent


def publish(record: RecordedEvent) -> PublicEvent | None:
    """Return the public event that `record` leads to."""
    match record.event:
        case ConsentGiven() as e:
            return public.ConsentGranted(
                learner_id=e.learner_id,
                purpose=e.purpose,
                text_version=e.text_version,
                language=e.language,
                channel=e.channel,
            )
        case ConsentTakenBack() as e:
            return public.ConsentWithdrawn(
                learner_id=e.learner_id, purpose=e.purpose, channel=e.channel
            )
        case Objected() as e:
            return public.ObjectionRaised(learner_id=e.learner_id, purpose=e.purpose)
        case ObjectionTakenBack() as e:
            return public.ObjectionLifted(learner_id=e.learner_id, purpose=e.purpose)
        case _:
            return None
