"""Telling what will pass from what an event is to blame for."""

from shared.database import BulkWriteError, PyMongoError, WriteError
from shared.vault import KeysUnavailableError


def is_unwell(error: BaseException) -> bool:
    """Whether `error` tells of a database's or key provider's own state, and will pass.

    What a database refuses because of the document at hand is not of that kind.
    """
    if isinstance(error, KeysUnavailableError):
        return True
    return isinstance(error, PyMongoError) and not isinstance(error, WriteError | BulkWriteError)
