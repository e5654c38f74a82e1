"""Where identifiers come from. None of them carries meaning, so none can carry personal data."""

from uuid import UUID

import uuid_utils


def new_id() -> str:
    """Return a fresh UUIDv7 in canonical text form; ids of one process sort by creation."""
    return str(uuid_utils.uuid7())


def id_after(previous: str | None) -> str:
    """Return a fresh id that sorts after `previous`, whatever this machine's clock says."""
    fresh = new_id()
    if previous is None or fresh > previous:
        return fresh
    return str(UUID(int=UUID(previous).int + 1))


def moment_id() -> str:
    """Return what is not above any id drawn from this millisecond on, and above all before."""
    return f"{new_id()[:15]}000-8000-000000000000"
