"""What happened to an incident, as this service stores it; codes and counts, no personal data."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from services.retention.domain.incident.extent import Question
from shared.events.base import DomainEvent, Identifier, SubjectId
from shared.incidents import (
    Cause,
    Consequence,
    LateReason,
    Lesson,
    Measure,
    Nature,
    Risk,
    Suspicion,
)
from shared.personal import Category


class IncidentWasOpened(DomainEvent):
    """Somebody became aware of a breach, or an exercise began."""

    incident_id: Identifier
    exercise: bool
    natures: tuple[Nature, ...]
    cause: Cause
    began_at: datetime | None
    """Since when data was exposed, as far as known."""
    aware_at: datetime
    notify_by: datetime
    opened_by: Identifier
    opened_at: datetime
    anomaly_id: Identifier | None = None
    """The anomaly that it was opened because of."""
    suspicion: Suspicion | None = None
    """What the anomaly suggests: the question of the extent is filled in with it."""
    draft: bool = False
    """Whether a rule opened it, and somebody has to judge it; the 72 hours run all the same."""


class DraftWasConfirmed(DomainEvent):
    """Somebody judged that it is a breach."""

    incident_id: Identifier
    confirmed_by: Identifier
    confirmed_at: datetime


class DraftWasDismissed(DomainEvent):
    """Somebody judged that it is none, and nothing is owed."""

    incident_id: Identifier
    dismissed_by: Identifier
    dismissed_at: datetime


class ExtentWasComputed(DomainEvent):
    """Whom and what it concerns, as the streams of all services tell."""

    incident_id: Identifier
    question: Question
    persons: int
    by_category: Mapping[Category, int]
    """Persons whose data of each category is concerned."""
    first_at: datetime | None
    """The first reading, where readings were asked about."""
    computed_by: Identifier
    computed_at: datetime


class RiskWasAssessed(DomainEvent):
    """How likely harm to persons is, and what harm."""

    incident_id: Identifier
    risk: Risk
    consequences: tuple[Consequence, ...]
    assessed_by: Identifier
    assessed_at: datetime


class MeasuresWereTaken(DomainEvent):
    """What was done about it."""

    incident_id: Identifier
    measures: tuple[Measure, ...]
    taken_by: Identifier
    taken_at: datetime


class AuthorityWasNotified(DomainEvent):
    """The supervisory authority was told, or told more (GDPR art. 33)."""

    incident_id: Identifier
    complete: bool
    """Whether nothing is to follow (art. 33(4))."""
    reference: Identifier
    """The authority's file number."""
    late_because: LateReason | None
    """Why it was more than 72 hours after."""
    notified_by: Identifier
    notified_at: datetime


class DisclosureWasOrdered(DomainEvent):
    """The persons concerned are to be told (GDPR art. 34)."""

    incident_id: Identifier
    persons: int
    question: Question
    ordered_by: Identifier
    ordered_at: datetime


class PersonWasTold(DomainEvent):
    """One person is told; in a stream of its own, about that person alone."""

    incident_id: Identifier
    subject_id: SubjectId
    categories: tuple[Category, ...]
    natures: tuple[Nature, ...]
    consequences: tuple[Consequence, ...]
    measures: tuple[Measure, ...]
    began_at: datetime | None
    aware_at: datetime
    told_at: datetime


class DisclosureWasFinished(DomainEvent):
    """Everybody concerned has been told; nobody is in an exercise."""

    incident_id: Identifier
    told: int
    finished_at: datetime


class DeadlineWasReminded(DomainEvent):
    """The officer was reminded that the authority has to be notified."""

    incident_id: Identifier
    hours_left: Literal[48, 24, 6]
    notify_by: datetime
    reminded_at: datetime


class IncidentWasClosed(DomainEvent):
    """Everything owed is done, and what was learnt is written down."""

    incident_id: Identifier
    lessons: tuple[Lesson, ...]
    closed_by: Identifier
    closed_at: datetime


IncidentEvent = (
    IncidentWasOpened
    | DraftWasConfirmed
    | DraftWasDismissed
    | ExtentWasComputed
    | RiskWasAssessed
    | MeasuresWereTaken
    | AuthorityWasNotified
    | DisclosureWasOrdered
    | DisclosureWasFinished
    | DeadlineWasReminded
    | IncidentWasClosed
)
