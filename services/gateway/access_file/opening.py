"""What identity says of a file that may be put together now."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from shared.packaging import PackagedPart
from shared.words import Language


class Opening(BaseModel):
    """The file, what services ask to see for its parts, and which parts must come."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    file_id: str
    key: str
    language: Language
    requested_at: datetime
    until: datetime
    parts: tuple[PackagedPart, ...]
