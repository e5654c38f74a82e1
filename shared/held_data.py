"""What a service holds about one person, datum by datum (C8.1)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from shared.event_store import RecordedEvent
from shared.personal import WHOLE, Category, Personal, personal_fields


class HeldDatum(BaseModel):
    """One value held about a person."""

    category: Category
    object: str = WHOLE
    field: str
    value: str | None
    """The value as text; `None` where it has been erased."""
    erased: bool = False
    recorded_at: datetime
    source: str
    """The service that holds it."""
    event: str | None = None
    """Type of the event that brought it."""
    event_id: str | None = None
    """Names the value to whoever says that it is wrong (C8.2)."""


class HeldData(BaseModel):
    """Everything one service holds about a person."""

    items: list[HeldDatum]


def held_values(
    service: str, recorded: Iterable[RecordedEvent], *, hidden: Iterable[str] = ()
) -> list[HeldDatum]:
    """Return every personal value of `recorded`, opened events of one person.

    Args:
        service: name of the service that holds them.
        recorded: the person's events, opened.
        hidden: fields whose value is not shown (a password hash), though its presence is.
    """
    concealed = frozenset(hidden)
    items = []
    for record in recorded:
        for field, mark in personal_fields(type(record.event)).items():
            value: Personal[Any] | None = getattr(record.event, field)
            # What an event says of somebody else, such as the author of a reply, is theirs.
            if value is None or getattr(record.event, mark.about) != record.subject:
                continue
            shown = "•••" if field in concealed and not value.is_erased else value.text("")
            items.append(
                HeldDatum(
                    category=mark.category,
                    object=getattr(record.event, mark.object) if mark.object else WHOLE,
                    field=field,
                    value=None if value.is_erased else shown,
                    erased=value.is_erased,
                    recorded_at=record.at,
                    source=service,
                    event=record.event.type_name(),
                    event_id=record.id,
                )
            )
    return items
