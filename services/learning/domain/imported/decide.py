"""The rules of an imported record: kept as it was brought, once (C8.5).

It is no enrolment: no certification, reminder, suggestion, statistic or contract comes from it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from services.learning.domain.errors import OwnRecordError, TooManyImportedError
from services.learning.domain.imported.events import ImportedEvent, RecordImported
from shared.events.base import SubjectId
from shared.personal import Personal
from shared.portability.file import Imported

MOST: Final = 500
"""Records from elsewhere that are kept of one learner."""


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """Keep a record that the learner brought along."""

    learner_id: SubjectId
    import_id: str
    brought: Imported
    at: datetime
    own: frozenset[str]
    """Ids of the learner's own enrolments and sessions here."""
    others: int
    """How many records from elsewhere are kept already, save this one."""


ImportedCommand = ImportRecord


@dataclass(frozen=True, slots=True)
class ImportedState:
    """One record from elsewhere; the default is one that does not exist."""

    import_id: str = ""
    record: Personal[str] | None = None


def decide(command: ImportedCommand, state: ImportedState) -> Sequence[ImportedEvent]:
    """Return what `command` leads to; nothing where the record is here as it is brought.

    Raises:
        OwnRecordError: it was recorded here, where it still stands.
        TooManyImportedError: no more records are kept of one person.
    """
    if command.brought.record.id in command.own:
        raise OwnRecordError
    record = Personal(command.brought.model_dump_json())
    if state.record == record:
        return []
    if state.record is None and command.others >= MOST:
        raise TooManyImportedError
    return [
        RecordImported(
            learner_id=command.learner_id,
            import_id=command.import_id,
            record=record,
            imported_at=command.at,
        )
    ]


def evolve(state: ImportedState, event: ImportedEvent) -> ImportedState:
    """Return `state` after `event`; never raises on recorded history."""
    return replace(state, import_id=event.import_id, record=event.record)
