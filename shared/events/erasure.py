"""What every participant in an erasure says, whichever service it is."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from shared.events.base import ANY_SERVICE, Identifier, PublicEvent, SubjectId
from shared.personal import WHOLE, Category

ErasureMode = Literal["deleted", "anonymised"]


class KeyScope(BaseModel):
    """What one data key covers: a category of one person, or one object of it."""

    model_config = ConfigDict(frozen=True)

    category: Category
    object: Identifier = WHOLE


class DataErased(PublicEvent):
    """One service has erased its part of a case and acknowledges with counts.

    Every service publishes it on its own topic.
    """

    SERVICE = ANY_SERVICE

    case_id: Identifier
    subject_id: SubjectId
    service: Identifier
    counts: dict[Category, int]
    """Records forgotten per category; zero where the service held nothing."""
