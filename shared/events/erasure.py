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


class Found(BaseModel):
    """Where something lies that should have been erased; never what."""

    model_config = ConfigDict(frozen=True)

    place: Identifier
    """Such as `mongodb:identity.learners`, `kafka:identity.events`, `file:identity.log`."""
    how: Literal["plain", "opens"]
    """In plain, or sealed in a way that could still be opened."""
    count: int
    """Documents, records or files it lies in."""


class Searched(BaseModel):
    """What one service has looked at."""

    model_config = ConfigDict(frozen=True)

    documents: int = 0
    records: int = 0
    files: int = 0
    bytes: int = 0
    canaries: int = 0
    """Values of the case, of all services, that were searched for."""
    attempts: int = 0
    """Sealed values of the case that it was tried to open; every attempt has to fail."""
    not_searchable: dict[Category, int] = {}
    """Values of this service that are too short or too common to be searched for."""


class StoresSearched(PublicEvent):
    """One service has searched all its stores for what a case erases, and tells what it found.

    Every service publishes it on its own topic.
    """

    SERVICE = ANY_SERVICE

    case_id: Identifier
    subject_id: SubjectId
    service: Identifier
    round: int
    """Which of the case's searches this is, from 1."""
    searched: Searched
    found: tuple[Found, ...] = ()
    """Nothing, when the erasure is done."""


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
