"""Where identifiers come from. None of them carries meaning, so none can carry personal data."""

import uuid_utils


def new_id() -> str:
    """Return a fresh UUIDv7 in canonical text form; ids of one process sort by creation."""
    return str(uuid_utils.uuid7())
