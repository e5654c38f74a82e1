"""What the person provided to identity, for the portability file (C8.5)."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from services.identity.domain.learner import events as learner
from services.identity.domain.learner.state import PROFILE_FIELDS
from services.identity.domain.support import events as support
from shared.event_store import RecordedEvent
from shared.personal import Personal
from shared.portability.file import IdentityPart, Message, Person, Profile

PERSON_FIELDS: Final = ("first_name", "last_name", "email", "telephone", "language", "zone")
_OF_THE_PERSON: Final = (
    learner.AccountRequested,
    learner.Rectified,
    learner.ZoneChosen,
    learner.EmailChanged,
    learner.EmailChangeStopped,
)


def provided(recorded: Iterable[RecordedEvent]) -> IdentityPart:
    """Return what the events of one person, opened, show as provided: the latest of each value.

    What has been erased is not there.
    """
    person: dict[str, Any] = {}
    profile: dict[str, Any] = {}
    messages: list[Message] = []
    for record in recorded:
        match record.event:
            case event if isinstance(event, _OF_THE_PERSON):
                person |= _told(event, PERSON_FIELDS)
            case learner.ProfileTold() as event:
                profile |= _told(event, PROFILE_FIELDS)
            case support.RequestOpened() | support.MessageReceived() as event:
                _say(messages, record.id, event, record)
            case support.FileAttached() as event:
                _attach(messages, event)
            case _:
                pass
    return IdentityPart(
        person=Person(**person), profile=Profile(**profile), messages=tuple(messages)
    )


def _told(event: object, names: Iterable[str]) -> Mapping[str, str | None]:
    """Return what `event` tells of `names`; an erased value takes an earlier one back."""
    values = {name: getattr(event, name, None) for name in names}
    return {name: _text(value) for name, value in values.items() if value is not None}


def _say(
    messages: list[Message],
    fact: str,
    event: support.RequestOpened | support.MessageReceived,
    record: RecordedEvent,
) -> None:
    text = _text(event.message)
    if text is None:
        return
    messages.append(
        Message(
            id=fact,
            request_id=event.request_id,
            title=_text(getattr(event, "title", None)),
            message=text,
            sent_at=event.said_at or record.at,
        )
    )


def _attach(messages: list[Message], event: support.FileAttached) -> None:
    """Put a file's name to the latest message of its request."""
    name = _text(event.name)
    for place in reversed(range(len(messages))):
        one = messages[place]
        if one.request_id == event.request_id and name is not None:
            messages[place] = one.model_copy(update={"files": (*one.files, name)})
            return


def _text(value: Personal[str] | str | None) -> str | None:
    if not isinstance(value, Personal):
        return value
    return None if value.is_erased else value.text()
