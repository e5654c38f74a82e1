"""Finding the class of an event by its recorded name and version."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, Generic, TypeVar

from shared.events import consent, identity, learning, notify, retention
from shared.events.access_files import AccessPartMade
from shared.events.archive import ArchivedDataRead
from shared.events.base import Event, PublicEvent
from shared.events.dead_letters import DeadLettersOpened
from shared.events.demands import DisclosurePartComposed
from shared.events.erasure import DataErased, StoresSearched
from shared.events.reading import AnswersCounted, PersonalDataRead

E = TypeVar("E", bound=Event)


class UnknownEventError(LookupError):
    """No class is known for the recorded type name."""


class NewerVersionError(ValueError):
    """The event was recorded by a later release, whose shape this one does not know."""


class MissingUpcasterError(TypeError):
    """An event class cannot read an older version of its event."""


class EventTypes(Generic[E]):
    """A closed set of event classes, found by type name."""

    def __init__(self, types: Iterable[type[E]]) -> None:
        """Take `types`, each of which has to read all its older versions.

        Raises:
            MissingUpcasterError: one does not.
        """
        self._types = {event_type.type_name(): event_type for event_type in types}
        for name, event_type in self._types.items():
            for older in range(1, event_type.VERSION):
                if older not in event_type.UPCASTERS:
                    raise MissingUpcasterError(f"{name} has no upcaster from v{older}")

    def __iter__(self) -> Iterator[type[E]]:
        return iter(self._types.values())

    def __contains__(self, name: str) -> bool:
        return name in self._types

    def knows(self, name: str, version: int) -> bool:
        """Tell whether `decode` knows the shape of `version` of the event."""
        event_type = self._types.get(name)
        return event_type is not None and version <= event_type.VERSION

    def decode(self, name: str, version: int, data: dict[str, Any]) -> E:
        """Return the event recorded as `data`, upcast from `version` when it is older.

        Raises:
            UnknownEventError: the type name is not in the set.
            NewerVersionError: `version` is later than the class's own.
            pydantic.ValidationError: `data` does not have the event's shape.
        """
        event_type = self._type(name, version)
        if version < event_type.VERSION:
            data = event_type.upcast(version, data)
        return event_type.model_validate(data)

    def decode_json(self, name: str, version: int, data: bytes) -> E:
        """Return the event recorded as JSON, as `decode` does.

        Raises:
            UnknownEventError: the type name is not in the set.
            NewerVersionError: `version` is later than the class's own.
            ValueError: `data` is not JSON, or does not have the event's shape.
        """
        event_type = self._type(name, version)
        if version < event_type.VERSION:
            return self.decode(name, version, json.loads(data))
        return event_type.model_validate_json(data)

    def _type(self, name: str, version: int) -> type[E]:
        event_type = self._types.get(name)
        if event_type is None:
            raise UnknownEventError(name)
        if version > event_type.VERSION:
            raise NewerVersionError(f"{name}.v{version} is newer than v{event_type.VERSION}")
        return event_type


def _contracts() -> Iterable[type[PublicEvent]]:
    bases = (
        identity.IdentityEvent,
        learning.LearningEvent,
        consent.ConsentEvent,
        retention.RetentionEvent,
        notify.NotifyEvent,
    )
    for base in bases:
        yield from base.__subclasses__()
    yield DataErased
    yield ArchivedDataRead
    yield PersonalDataRead
    yield AnswersCounted
    yield StoresSearched
    yield AccessPartMade
    yield DeadLettersOpened
    yield DisclosurePartComposed


PUBLIC_EVENTS: EventTypes[PublicEvent] = EventTypes(_contracts())
"""Every public contract of the system."""
