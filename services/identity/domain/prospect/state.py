"""What the rules need to know of a prospect."""

from dataclasses import dataclass
from typing import Literal

from services.identity.domain.nobody import NOBODY
from shared.events.base import SubjectId


@dataclass(frozen=True, slots=True)
class Prospect:
    """A prospect; `prospect_id` is empty while nothing has happened."""

    prospect_id: SubjectId = NOBODY
    converted: bool = False
    language: Literal["fr", "en"] = "fr"


NO_PROSPECT = Prospect()
