"""What a seat's history amounts to."""

from dataclasses import dataclass
from datetime import datetime

from shared.events.base import SubjectId


@dataclass(frozen=True, slots=True)
class Seat:
    """One learner's place in one session; the default is one nobody was told of."""

    learner_id: SubjectId | None = None
    session_id: str = ""
    module_id: str = ""
    invited: bool = False
    """Whether the learner's calendar shows the session."""
    given_up: bool = False
    """Whether the learner said not to come."""
    sequence: int = -1
    starts_at: datetime | None = None
    ends_at: datetime | None = None
