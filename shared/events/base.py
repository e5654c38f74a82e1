"""What every event is: an immutable fact with a type name and a version."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar, Final, NewType

from pydantic import BaseModel, ConfigDict, StringConstraints

SubjectId = NewType("SubjectId", str)
"""The pseudonymous id of the person an event is about."""

Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,80}$")]
"""An opaque id or code; its alphabet leaves no room for a name or an address."""


Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
"""Returns data of one version of an event in the shape of the next, without changing its input."""


class Event(BaseModel):
    """A fact. Its type name is the class name, and it never changes once recorded."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    VERSION: ClassVar[int] = 1
    NEVER_PUBLISHED: ClassVar[bool] = False
    """Whether the event leads to no public one, so that the relay need not look at it."""
    UPCASTERS: ClassVar[Mapping[int, Upcaster]] = {}
    """For each older version, what makes its data the next version's."""

    @classmethod
    def type_name(cls) -> str:
        """Return the name under which the event is stored and published."""
        return cls.__name__

    @classmethod
    def upcast(cls, version: int, data: dict[str, Any]) -> dict[str, Any]:
        """Return `data`, recorded as `version` of this event, in the shape of `VERSION`.

        Raises:
            KeyError: there never was such a version.
        """
        for older in range(version, cls.VERSION):
            data = cls.UPCASTERS[older](data)
        return data


class DomainEvent(Event):
    """A fact as one service stores it: private to that service."""


ANY_SERVICE: Final = "*"
"""Stands for the service of an event that every service publishes on its own topic."""


class PublicEvent(Event):
    """A fact as other services and subscribers read it: a contract, documented by AsyncAPI."""

    SERVICE: ClassVar[str]
    """The service that publishes the event, hence its topic: `<service>.events`."""
