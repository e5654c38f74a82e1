"""Settings of the retention service."""

from datetime import timedelta
from pathlib import Path
from typing import Final

from pydantic import Field

from shared.settings import Settings

LONGEST_DELAY_HOURS: Final = 21 * 24
"""The month of GDPR art. 12(3), at least 28 days, less a week for participants that are late."""
POLICY: Final = Path(__file__).parent / "policy" / "2025-01-12.yaml"


class RetentionSettings(Settings):
    """What the retention service needs beside the common settings."""

    rules_file: Path = POLICY
    """The rule set that the first start brings into force; later it is offered for adoption."""
    processors_file: Path | None = None
    """Processors (YAML) that the first start declares; later the register alone counts (C6.1)."""
    sweep_seconds: float = Field(default=3600, gt=0)
    """Interval between sweeps: the longest that anything outlives its term."""
    acknowledgement_hours: float = Field(default=1, gt=0)
    """How long a participant has to acknowledge before it is asked again and an alarm is raised."""

    destruction_delay_hours: float = Field(default=24, ge=0, le=LONGEST_DELAY_HOURS)
    """How long a disabled key is kept before it is destroyed, so that a legal hold can still come.

    From the moment it is disabled nobody reads or writes anything under it.
    """

    @property
    def ledger_dir(self) -> Path:
        """Folder of the erasure ledger, outside every database."""
        return self.data_dir / "ledger"

    @property
    def sweep_interval(self) -> timedelta:
        """The interval between sweeps."""
        return timedelta(seconds=self.sweep_seconds)

    @property
    def destruction_delay(self) -> timedelta:
        """How long a disabled key is kept."""
        return timedelta(hours=self.destruction_delay_hours)

    @property
    def patience(self) -> timedelta:
        """How long a participant has to acknowledge."""
        return timedelta(hours=self.acknowledgement_hours)
