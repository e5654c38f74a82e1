"""A life in a file: dated public events as JSON. A mistake is told with file, event and field."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from services.retention.domain.life.fold import SUBJECT_FIELDS, Happened, fold, subject_of
from services.retention.domain.life.life import Life
from shared.consuming.envelope import TYPE_PREFIX
from shared.events.base import Identifier, PublicEvent
from shared.events.registry import PUBLIC_EVENTS
from shared.personal import Personal, personal_fields

UNSAID: Final = "-"
"""Stands for a personal value: when it is kept until depends on no value."""


class LifeFileError(Exception):
    """A file does not describe a life; one line for each mistake."""


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid")

    type: str
    """Name of a public event, such as `LearnerRegistered`."""
    time: AwareDatetime
    data: dict[str, Any] = Field(default_factory=dict)
    """Its fields; the person's id and personal values may be left out."""


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    subject: Identifier
    events: Annotated[list[_Told], Field(min_length=1)]


def read_life(path: Path) -> tuple[Life, datetime]:
    """Return the life that the file at `path` tells, and when its last event happened.

    Raises:
        LifeFileError: it tells none.
        OSError: it cannot be read.
    """
    try:
        told = _File.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except ValueError as error:
        raise LifeFileError("\n".join(_mistakes(path.name, error))) from error
    life = Life(told.subject)
    for number, one in enumerate(told.events, start=1):
        event = _event(f"{path.name}: event {number}", told.subject, one)
        about = subject_of(event)
        if about not in (None, told.subject):
            line = f"{path.name}: event {number} ({one.type}) is about {about}"
            raise LifeFileError(f"{line}, the file about {told.subject}")
        fold(life, Happened(event, one.time, number))
    return life, max(one.time for one in told.events)


def _event(where: str, subject: str, told: _Told) -> PublicEvent:
    name = told.type.removeprefix(TYPE_PREFIX).partition(".")[0]
    found = next((event for event in PUBLIC_EVENTS if event.type_name() == name), None)
    if found is None:
        raise LifeFileError(f"{where}: there is no public event {told.type}")
    unsaid = {field: Personal(UNSAID) for field in personal_fields(found)}
    own = {field: subject for field in SUBJECT_FIELDS if field in found.model_fields}
    try:
        return found.model_validate({**unsaid, **own, **told.data})
    except ValidationError as error:
        raise LifeFileError("\n".join(_mistakes(f"{where} ({name})", error))) from error


def _mistakes(where: str, error: Exception) -> list[str]:
    if not isinstance(error, ValidationError):
        return [f"{where}: not JSON: {error}"]
    return [
        f"{where}: {'.'.join(map(str, one['loc']))}: {one['msg']}"
        for one in error.errors(include_url=False, include_input=False)
    ]
