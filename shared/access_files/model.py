"""What a part of an access file says, as one service composes it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import Base64Bytes, BaseModel, ConfigDict

from shared.events.base import SubjectId
from shared.personal import WHOLE, Category
from shared.words import Language, Text

Withheld = Literal["secret", "other_person"]
"""Why a value is not told: it would open the account, or it is somebody else's (art. 15(4))."""


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True)


class PartValue(_Told):
    """One value held about the person."""

    category: Category
    object: str = WHOLE
    field: str
    value: str | None
    """As text; `None` where it has been erased or is withheld."""
    erased: bool = False
    withheld: Withheld | None = None
    recorded_at: datetime
    source: str
    """The role of whoever brought it: `learner`, `system`, `trainer`..., never a name."""
    event: str | None = None
    """Type of the event that brought it."""


class PartFact(_Told):
    """Something recorded about the person beside sealed values: when what happened."""

    event: str
    at: datetime
    source: str
    details: Mapping[str, str]


class PartAttachment(_Told):
    """A file that the person sent."""

    name: str
    media_type: str
    object: str
    content: Base64Bytes


class PartTerm(_Told):
    """One clock over what is held of a category, or of one object of it."""

    category: Category
    object: str
    rule_id: str
    title: Text | None
    purpose: Text | None
    legal_basis: Text | None
    due: datetime | None
    action: str
    state: str


class PartRecipients(_Told):
    """What every value of a category is for, and who receives it."""

    category: Category
    purposes: tuple[Text, ...]
    legal_bases: tuple[Text, ...]
    roles: tuple[str, ...]
    """Who inside may open it, by the table of rights."""
    processors: tuple[str, ...]
    """Organisations that process it for us, with their country."""


class PartReading(_Told):
    """Somebody of staff read values of the person; who, is told by the role alone."""

    at: datetime
    service: str
    role: str
    categories: tuple[str, ...]
    reason: str | None


@dataclass(frozen=True, slots=True)
class Contribution:
    """What a service has to tell; most have some of it."""

    values: tuple[PartValue, ...] = ()
    facts: tuple[PartFact, ...] = ()
    attachments: tuple[PartAttachment, ...] = ()
    terms: tuple[PartTerm, ...] = ()
    recipients: tuple[PartRecipients, ...] = ()
    readings: tuple[PartReading, ...] = ()


Contribute = Callable[[SubjectId, Language], Awaitable[Contribution]]
"""Returns everything a service holds about a person as of now, with nothing of anybody else."""


class AccessPart(_Told):
    """A part as it is sealed and as it is handed to who makes the file."""

    service: str
    file_id: str
    made_at: datetime
    values: tuple[PartValue, ...] = ()
    facts: tuple[PartFact, ...] = ()
    attachments: tuple[PartAttachment, ...] = ()
    terms: tuple[PartTerm, ...] = ()
    recipients: tuple[PartRecipients, ...] = ()
    readings: tuple[PartReading, ...] = ()

    @property
    def told(self) -> int:
        """How many values and facts it tells."""
        return len(self.values) + len(self.facts) + len(self.attachments)
