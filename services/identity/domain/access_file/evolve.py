"""Folding an access file's history."""

from dataclasses import replace
from typing import assert_never

from services.identity.domain.access_file.events import (
    AccessFileEvent,
    AccessPartTaken,
    FileCompleted,
    FileDelayed,
    FileFetched,
    FileRequested,
)
from services.identity.domain.access_file.state import AccessFile


def evolve(state: AccessFile, event: AccessFileEvent) -> AccessFile:
    """Return `state` after `event`; never raises on recorded history."""
    match event:
        case FileRequested():
            return AccessFile(
                event.subject_id,
                event.file_id,
                has_account=event.has_account,
                language=event.language,
                key_digest=event.key_digest,
                owed=event.owed,
                requested_at=event.requested_at,
            )
        case AccessPartTaken():
            return replace(state, parts={**state.parts, event.service: event})
        case FileDelayed(attempt=attempt):
            return replace(state, attempts=attempt)
        case FileCompleted(until=until):
            return replace(state, until=until)
        case FileFetched():
            return replace(state, fetched=True)
        case _:
            assert_never(event)
