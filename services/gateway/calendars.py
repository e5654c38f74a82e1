"""Live sessions as a calendar that other programs open (RFC 5545)."""

from collections.abc import Iterable
from datetime import datetime

from icalendar import Calendar, Event

from services.gateway.services import Json
from services.gateway.wording import PARIS, Wording, marked

PRODUCT = "-//carionexiq//live sessions//EN"
HOST = "sessions.carionexiq.com"


def calendar_of(sessions: Iterable[Json], words: Wording, now: datetime) -> bytes:
    """Return `sessions`, as learning lists them, in Paris time with the zone's rules.

    A session keeps its UID, so that opening the file again changes nothing; it is never moved,
    only cancelled, hence the only SEQUENCE is 0. Nobody who takes part is named.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for one in sessions:
        event = Event()
        event.add("uid", f"{one['session_id']}@{HOST}")
        event.add("sequence", 0)
        event.add("dtstamp", now)
        event.add("dtstart", _in_paris(one["starts_at"]))
        event.add("dtend", _in_paris(one["ends_at"]))
        group = one["cohort"] or words.say(marked("everybody"))
        event.add("summary", f"{one['title']} ({group})")
        calendar.add_component(event)
    calendar.add_missing_timezones()
    content: bytes = calendar.to_ical()
    return content


def _in_paris(instant: str) -> datetime:
    return datetime.fromisoformat(instant).astimezone(PARIS)
