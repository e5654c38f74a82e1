"""What happened to a hold, as this service stores it; free of personal data."""

from datetime import datetime
from typing import Literal

from shared.events.base import DomainEvent, Identifier, SubjectId
from shared.personal import Category

Ground = Literal["litigation", "requisition", "audit"]


class HoldWasPlaced(DomainEvent):
    """A hold came into force."""

    hold_id: Identifier
    subject_id: SubjectId
    categories: tuple[Category, ...]
    ground: Ground
    reference: Identifier
    reviewer: Identifier
    expires_at: datetime
    placed_at: datetime


class HoldWasLifted(DomainEvent):
    """The hold ended; what it stopped resumes by itself."""

    hold_id: Identifier
    subject_id: SubjectId
    cause: Literal["lifted", "expired"]
    reviewer: Identifier | None = None
    lifted_at: datetime


HoldEvent = HoldWasPlaced | HoldWasLifted
