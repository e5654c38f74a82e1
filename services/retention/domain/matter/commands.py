"""What can be asked of a matter."""

from dataclasses import dataclass
from datetime import datetime

from services.retention.domain.hold.events import Reason
from shared.events.retention import Authority, Ground


@dataclass(frozen=True, slots=True)
class OpenMatter:
    """Open a file for a dispute, a demand or an audit."""

    matter_id: str
    ground: Ground
    authority: Authority
    reference: str
    reviewer: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CloseMatter:
    """Close it; its holds are lifted."""

    reason: Reason
    by: str
    at: datetime
    confirmed_by: str | None = None


MatterCommand = OpenMatter | CloseMatter
