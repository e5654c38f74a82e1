"""What can be asked of an anomaly."""

from dataclasses import dataclass
from datetime import datetime

from services.identity.domain.anomaly.events import AnomalyNoticed, AttackNoticed
from shared.events.identity import FalseAlarm


@dataclass(frozen=True, slots=True)
class Notice:
    """Note what a rule found; once for each anomaly."""

    found: AnomalyNoticed | AttackNoticed


@dataclass(frozen=True, slots=True)
class AnswerNotice:
    """Say, as the person, whether it was oneself."""

    mine: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class DismissAnomaly:
    """Say, as security, that nothing is wrong."""

    reason: FalseAlarm
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LinkIncident:
    """Note the incident that was opened because of it."""

    incident_id: str


AnomalyCommand = Notice | AnswerNotice | DismissAnomaly | LinkIncident
