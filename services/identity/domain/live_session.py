"""When an external speaker may see who takes part in a live session (C6.3)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.identity.domain.errors import LiveSessionClosedError


def require_open(
    session: Mapping[str, Any] | None, speaker_id: str, at: datetime
) -> Mapping[str, Any]:
    """Return the session, where it is the speaker's and takes place at the instant `at`.

    Raises:
        LiveSessionClosedError: it is not the speaker's, has not begun, is over or was cancelled.
    """
    if session is None or session.get("speaker_id") != speaker_id or session["cancelled"]:
        raise LiveSessionClosedError
    if not session["starts_at"] <= at < session["ends_at"]:
        raise LiveSessionClosedError
    return session
