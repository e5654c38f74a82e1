"""What a matter's history amounts to."""

from dataclasses import dataclass

from services.retention.domain.matter.events import MatterWasOpened


@dataclass(frozen=True, slots=True)
class MatterState:
    """One matter; the default is one that does not exist."""

    opened: MatterWasOpened | None = None
    closed: bool = False
    closed_by: str = ""
