"""What can be asked of an incident."""

from dataclasses import dataclass
from datetime import datetime

from services.retention.domain.incident.extent import Extent, Question
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


@dataclass(frozen=True, slots=True)
class OpenIncident:
    """Note a breach, or begin an exercise."""

    incident_id: str
    exercise: bool
    natures: tuple[Nature, ...]
    cause: Cause
    began_at: datetime | None
    aware_at: datetime
    by: str
    at: datetime
    anomaly_id: str | None = None
    suspicion: Suspicion | None = None
    draft: bool = False
    """Whether a rule opens it by itself."""


@dataclass(frozen=True, slots=True)
class JudgeDraft:
    """Say whether what a rule opened by itself is a breach."""

    breach: bool
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RecordExtent:
    """Keep whom and what it concerns."""

    question: Question
    extent: Extent
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AssessRisk:
    """Say how likely harm is."""

    risk: Risk
    consequences: tuple[Consequence, ...]
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TakeMeasures:
    """Note what was done."""

    measures: tuple[Measure, ...]
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class NotifyAuthority:
    """Note that the authority was told."""

    complete: bool
    reference: str
    late_because: LateReason | None
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OrderDisclosure:
    """Tell everybody concerned."""

    confirmed: int
    """How many persons whoever asks has seen."""
    persons: int
    """How many it are now."""
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FinishDisclosure:
    """Note that everybody has been told."""

    told: int
    at: datetime


@dataclass(frozen=True, slots=True)
class RemindOfDeadline:
    """Remind of the authority, once for each threshold."""

    at: datetime


@dataclass(frozen=True, slots=True)
class CloseIncident:
    """Close it with what was learnt."""

    lessons: tuple[Lesson, ...]
    by: str
    at: datetime


IncidentCommand = (
    OpenIncident
    | JudgeDraft
    | RecordExtent
    | AssessRisk
    | TakeMeasures
    | NotifyAuthority
    | OrderDisclosure
    | FinishDisclosure
    | RemindOfDeadline
    | CloseIncident
)
