"""What happened to a matter, as this service stores it; free of personal data."""

from datetime import datetime

from services.retention.domain.hold.events import Reason
from shared.events.base import DomainEvent, Identifier
from shared.events.retention import Authority, Ground


class MatterWasOpened(DomainEvent):
    """A dispute, a demand or an audit began."""

    matter_id: Identifier
    ground: Ground
    authority: Authority
    reference: Identifier
    """The authority's or the court's file number: never a name."""
    reviewer: Identifier
    opened_at: datetime


class MatterWasClosed(DomainEvent):
    """It is over, and so are its holds."""

    matter_id: Identifier
    reason: Reason
    closed_by: Identifier
    closed_at: datetime
    confirmed_by: Identifier | None = None
    """The second person."""


MatterEvent = MatterWasOpened | MatterWasClosed
