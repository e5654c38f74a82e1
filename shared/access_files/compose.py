"""From a person's events to what their access file says: theirs, and nothing of anybody else.

Pure. Values of others that an event bears, such as the name of who answered, are left out, and
struck from the texts beside them; what is somebody else's by nature is told as a role.
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final

from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from shared.access_files.model import PartFact, PartValue
from shared.event_store import RecordedEvent
from shared.events.base import SubjectId
from shared.held_data import HeldDatum, held_values
from shared.personal import Personal, personal_fields

OF_OTHERS: Final = frozenset({"guardian_email", "guardian_name"})
"""Personal fields of a person that hold what is another person's as well."""
UNTOLD: Final = frozenset(
    {
        "assignee",
        "reader",
        "reviewer",
        "speaker_id",
        "session_id",
        "thread",
        "link_id",
        "key_digest",
        "sha256",
    }
)
"""Fields of facts that name somebody else, or that open something."""
STRUCK: Final = "[…]"
"""Stands where a text named somebody else."""
SHORTEST: Final = 3
"""Letters of the shortest name that is struck: shorter ones are in too many words."""

Reword = Callable[[RecordedEvent, HeldDatum], HeldDatum]


def values_of(
    service: str,
    recorded: Iterable[RecordedEvent],
    *,
    hidden: Iterable[str] = (),
    reword: Reword = lambda _, datum: datum,
) -> tuple[PartValue, ...]:
    """Return every personal value of `recorded`, opened events of one person, as theirs.

    Args:
        service: name of the service that holds them.
        recorded: the person's events, opened.
        hidden: fields whose value is not shown (a password hash), though its presence is.
        reword: puts a value into words, where it is a code.
    """
    concealed = frozenset(hidden)
    records = tuple(recorded)
    others = sorted({name for one in records for name in _of_others(one)}, key=len, reverse=True)
    return tuple(
        _value(reword(record, datum), record.meta.role, concealed, others)
        for record in records
        for datum in held_values(service, [record])
    )


def _value(
    datum: HeldDatum, role: str, concealed: frozenset[str], others: Sequence[str]
) -> PartValue:
    withheld = None
    if datum.field in concealed and not datum.erased:
        withheld = "secret"
    elif datum.field in OF_OTHERS and not datum.erased:
        withheld = "other_person"
    return PartValue(
        category=datum.category,
        object=datum.object,
        field=datum.field,
        value=None if withheld or datum.value is None else struck(datum.value, others),
        erased=datum.erased,
        withheld=withheld,
        recorded_at=datum.recorded_at,
        source=role,
        event=datum.event,
    )


def copied(datum: HeldDatum, source: str) -> PartValue:
    """Return a value that no event of the service bears, such as a copy, as brought by `source`."""
    return PartValue(
        category=datum.category,
        object=datum.object,
        field=datum.field,
        value=datum.value,
        erased=datum.erased,
        recorded_at=datum.recorded_at,
        source=source,
        event=datum.event,
    )


def struck(text: str, names: Iterable[str]) -> str:
    """Return `text` with every one of `names`, whole words, struck out."""
    for name in names:
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", STRUCK, text, flags=re.IGNORECASE)
    return text


def _of_others(record: RecordedEvent) -> Iterable[str]:
    for field, mark in personal_fields(type(record.event)).items():
        value: Personal[Any] | None = getattr(record.event, field)
        if value is None or value.sealed is not None or value.is_erased:
            continue
        theirs = getattr(record.event, mark.about) != record.subject
        if (theirs or field in OF_OTHERS) and len(text := value.text("").strip()) >= SHORTEST:
            yield text


def facts_of(
    recorded: Iterable[RecordedEvent], told: tuple[type[BaseModel], ...]
) -> tuple[PartFact, ...]:
    """Return what happened to the person, of the types of event in `told`, with its circumstances.

    Ids of other people and what opens something are left out; personal values stand among the
    values.
    """
    return tuple(
        PartFact(
            event=record.event.type_name(),
            at=record.at,
            source=record.meta.role,
            details=_details(record.event),
        )
        for record in recorded
        if isinstance(record.event, told)
    )


def _details(event: BaseModel) -> dict[str, str]:
    found = {}
    for name, value in event:
        somebody = type(event).model_fields[name].annotation is SubjectId or name.endswith("_by")
        if somebody or name in UNTOLD or isinstance(value, Personal):
            continue
        if text := _text(value):
            found[name] = text
    return found


def _text(value: object) -> str:
    """Return a circumstance as text; nothing where there is none."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, datetime | date):
        return value.isoformat()
    filled = to_jsonable_python(value, exclude_none=True)
    if isinstance(filled, dict):
        filled = {name: one for name, one in filled.items() if one not in ([], {}, False)}
    return "" if filled in ([], {}) else json.dumps(filled, ensure_ascii=False)
