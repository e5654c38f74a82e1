"""The rules of an access file (C8.1; GDPR art. 12, 15)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, assert_never

from dateutil.relativedelta import relativedelta

from services.identity.domain import errors
from services.identity.domain.access_file import commands as c
from services.identity.domain.access_file import events as e
from services.identity.domain.access_file.state import AccessFile
from services.identity.domain.rights_case.terms import later

KEPT: Final = relativedelta(days=7)
"""How long it can be fetched; the rule `access-file` of retention ends its parts then."""
LATE_AFTER: Final = timedelta(minutes=5)
"""A part is made within seconds where nothing is wrong."""
LONGEST_WAIT: Final = timedelta(days=1)


def ask_again_at(requested_at: datetime, attempts: int) -> datetime:
    """Return when what is owed is asked for again: each time after twice as long, a day at most."""
    waits = (min(LATE_AFTER * 2**number, LONGEST_WAIT) for number in range(attempts + 1))
    return requested_at + sum(waits, timedelta())


def decide(command: c.AccessFileCommand, state: AccessFile) -> Sequence[e.AccessFileEvent]:
    """Return what `command` leads to; nothing where it is so already.

    Raises:
        UnknownFileError: nobody asked for it.
        FileIncompleteError: a part is owed still.
        FileFetchedError: the person has had it; it can be had once.
        FileExpiredError: its term is over.
    """
    if isinstance(command, c.RequestFile):
        return [] if state.file_id else [_requested(command)]
    if not state.file_id:
        raise errors.UnknownFileError
    match command:
        case c.TakePart():
            return _taken(command, state)
        case c.FetchFile(at=at):
            return [_fetched(state, at)]
        case c.FollowFile(at=at):
            return _followed(state, at)
        case _:
            assert_never(command)


def _requested(command: c.RequestFile) -> e.FileRequested:
    return e.FileRequested(
        subject_id=command.subject_id,
        file_id=command.file_id,
        has_account=command.has_account,
        language=command.language,
        key_digest=command.key_digest,
        owed=command.owed,
        requested_at=command.at,
    )


def _taken(command: c.TakePart, state: AccessFile) -> Sequence[e.AccessFileEvent]:
    """Return the part, and with the last one that the file is complete: never before."""
    if command.service not in state.awaited:
        return []
    part = e.AccessPartTaken(
        subject_id=state.subject_id,
        file_id=state.file_id,
        service=command.service,
        made_at=command.made_at,
        values=command.values,
        size=command.size,
        sha256=command.sha256,
    )
    if state.awaited != (command.service,):
        return [part]
    until = later(command.at, KEPT)
    return [
        part,
        e.FileCompleted(subject_id=state.subject_id, file_id=state.file_id, until=until),
    ]


def _fetched(state: AccessFile, at: datetime) -> e.FileFetched:
    require_fetchable(state, at)
    return e.FileFetched(subject_id=state.subject_id, file_id=state.file_id, fetched_at=at)


def require_fetchable(state: AccessFile, at: datetime) -> None:
    """Return when the person may have the file now.

    Raises:
        UnknownFileError: nobody asked for it.
        FileIncompleteError: a part is owed still.
        FileFetchedError: the person has had it.
        FileExpiredError: its term is over.
    """
    if not state.file_id:
        raise errors.UnknownFileError
    if state.until is None:
        raise errors.FileIncompleteError
    if state.fetched:
        raise errors.FileFetchedError
    if at >= state.until:
        raise errors.FileExpiredError


def _followed(state: AccessFile, at: datetime) -> Sequence[e.AccessFileEvent]:
    """Return that parts are late: once for each time that they are asked for again."""
    if not state.awaited or at < ask_again_at(state.requested_at, state.attempts):
        return []
    return [
        e.FileDelayed(
            subject_id=state.subject_id,
            file_id=state.file_id,
            language=state.language,
            key_digest=state.key_digest,
            services=state.awaited,
            since=state.requested_at,
            attempt=state.attempts + 1,
        )
    ]
