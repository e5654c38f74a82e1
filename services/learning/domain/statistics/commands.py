"""What can be asked of a module's statistics."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.learning.domain.statistics.pool import Figure


@dataclass(frozen=True, slots=True)
class ReleaseFigures:
    """Record what a release shows, as `release` decided it."""

    module_id: str
    period: str
    """Quarter of the release, `YYYY-Qn`."""
    figures: Sequence[Figure]


StatisticsCommand = ReleaseFigures
