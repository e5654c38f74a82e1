"""What happened to an anomaly, as this service stores it: codes, counts, and what is sealed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from shared.events.base import DomainEvent, Identifier, SubjectId
from shared.events.identity import FalseAlarm
from shared.incidents import Suspicion
from shared.personal import Category, Personal, PersonalField


class AnomalyNoticed(DomainEvent):
    """A rule found something about one account, or one reader."""

    anomaly_id: Identifier
    subject_id: SubjectId
    holder: Literal["learner", "staff"]
    rule: Identifier
    month: Identifier
    """Calendar month in Europe/Paris, `YYYY-MM`: the object of the key."""
    since: datetime
    until: datetime
    counts: Mapping[Identifier, int]
    seen: Annotated[
        Personal[str] | None,
        PersonalField(Category.TECHNICAL_TRACES, about="subject_id", object="month"),
    ] = None
    """Places and devices, as JSON; security alone reads it, and the person by the letter."""
    alarm: bool
    token: Annotated[Personal[str] | None, PersonalField(Category.CONTACT, about="subject_id")] = (
        None
    )
    """Of the link in the letter; without one no letter is sent."""
    suspicion: Suspicion | None = None


class AttackNoticed(DomainEvent):
    """A rule found something that is about nobody in particular."""

    anomaly_id: Identifier
    rule: Identifier
    since: datetime
    until: datetime
    counts: Mapping[Identifier, int]
    alarm: bool
    suspicion: Suspicion | None = None


class SignInAnswered(DomainEvent):
    """The person said whether it was they who signed in."""

    anomaly_id: Identifier
    subject_id: SubjectId
    mine: bool
    answered_at: datetime


class AnomalyDismissed(DomainEvent):
    """Security found that nothing is wrong."""

    anomaly_id: Identifier
    reason: FalseAlarm
    dismissed_by: Identifier
    dismissed_at: datetime


class IncidentWasLinked(DomainEvent):
    """An incident was opened because of it."""

    anomaly_id: Identifier
    incident_id: Identifier


AnomalyEvent = (
    AnomalyNoticed | AttackNoticed | SignInAnswered | AnomalyDismissed | IncidentWasLinked
)
