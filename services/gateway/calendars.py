"""Live sessions as a file that calendar programs open (RFC 5545)."""

from collections.abc import Iterable
from datetime import datetime

from services.gateway.services import Json
from services.gateway.wording import Wording, marked
from shared import calendars

ORGANIZER = "contact@carionexiq.com"


def calendar_of(sessions: Iterable[Json], words: Wording, now: datetime) -> bytes:
    """Return `sessions`, as learning lists them; who takes part is not named.

    A session keeps its UID, the one that invitations by mail carry: opening a file again, or beside
    a mail, doubles nothing.
    """
    meetings = [
        calendars.Meeting(
            session_id=one["session_id"],
            sequence=one["sequence"] if "sequence" in one else one["moves"],
            starts_at=datetime.fromisoformat(one["starts_at"]),
            ends_at=datetime.fromisoformat(one["ends_at"]),
            summary=f"{one['title']} ({one['cohort'] or words.say(marked('everybody'))})",
        )
        for one in sessions
    ]
    return calendars.calendar_of(meetings, "PUBLISH", organizer=ORGANIZER, at=now)
