"""What can be asked of the policy."""

from dataclasses import dataclass
from datetime import date, datetime

from services.consent.domain.policy.text import Policies


@dataclass(frozen=True, slots=True)
class PublishPolicy:
    """Publish a version that is ready."""

    version: str
    substantial: bool
    effective_on: date | None
    """First day on which it holds, in France; `None`: as early as may be."""
    by: str
    at: datetime
    policies: Policies
    """Every version there is."""
