"""What happened to a break-glass access, as this service stores it."""

from datetime import datetime
from typing import Annotated

from shared.events.base import DomainEvent, Identifier, SubjectId
from shared.events.identity import EndCause, Verdict
from shared.incidents import Suspicion
from shared.personal import Category, Personal, PersonalField


class AccessTaken(DomainEvent):
    """A member of staff may read about one learner beyond the compartment, `until` then."""

    access_id: Identifier
    subject_id: SubjectId
    taken_by: Identifier
    role: Identifier
    month: Identifier
    """Calendar month in Europe/Paris, `YYYY-MM`: the object of the key."""
    reason: Annotated[
        Personal[str],
        PersonalField(Category.TECHNICAL_TRACES, about="subject_id", object="month"),
    ]
    """As it was written: it may tell of the learner, and goes as their traces do."""
    categories: tuple[Category, ...]
    taken_at: datetime
    until: datetime


class AccessEnded(DomainEvent):
    """It ended before its time."""

    access_id: Identifier
    subject_id: SubjectId
    cause: EndCause
    ended_by: Identifier
    ended_at: datetime


class AccessReviewed(DomainEvent):
    """Somebody else judged whether it was justified."""

    access_id: Identifier
    subject_id: SubjectId
    verdict: Verdict
    reviewed_by: Identifier
    reviewed_at: datetime
    suspicion: Suspicion | None = None
    """What the incident is filled in with, where one is to be opened; its id is the access's."""


class ReviewReminded(DomainEvent):
    """Nobody has reviewed it yet."""

    access_id: Identifier
    subject_id: SubjectId
    over_since: datetime
    """When the access was over."""
    reminded_at: datetime


BreakGlassEvent = AccessTaken | AccessEnded | AccessReviewed | ReviewReminded
