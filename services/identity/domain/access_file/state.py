"""What the rules need to know of an access file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from services.identity.domain.access_file.events import AccessPartTaken
from services.identity.domain.nobody import NOBODY
from shared.events.base import SubjectId
from shared.words import Language

NEVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class AccessFile:
    """An access file; `file_id` is empty while nobody has asked for it."""

    subject_id: SubjectId = NOBODY
    file_id: str = ""
    has_account: bool = True
    language: Language = "fr"
    key_digest: str = ""
    owed: tuple[str, ...] = ()
    requested_at: datetime = NEVER
    parts: Mapping[str, AccessPartTaken] = field(default_factory=dict)
    attempts: int = 0
    """How often what was owed has been asked for again."""
    until: datetime | None = None
    """Until when it can be fetched; none while it is not complete."""
    fetched: bool = False

    @property
    def awaited(self) -> tuple[str, ...]:
        """The services that still owe their part."""
        return tuple(service for service in self.owed if service not in self.parts)


NO_FILE: Final = AccessFile()
