"""An event as a file that calendars open (RFC 5545), which an invitation brings along."""

from datetime import datetime
from typing import Final

from icalendar import Calendar, Event

from services.notify.domain.events import PlatformEvent
from shared.words import Language
from shared.zones import HOME, zone_of

PRODUCT: Final = "-//carionexiq//events//EN"
HOST: Final = "events.carionexiq.com"


def calendar_of(event: PlatformEvent, language: Language, now: datetime) -> bytes:
    """Return `event` in Paris time with the zone's rules; nobody who is invited is named.

    It keeps its UID, so that opening the file again changes nothing.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    entry = Event()
    entry.add("uid", f"{event.event_id}@{HOST}")
    entry.add("sequence", 0)
    entry.add("dtstamp", now)
    entry.add("dtstart", event.starts_at.astimezone(zone_of(HOME)))
    entry.add("dtend", event.ends_at.astimezone(zone_of(HOME)))
    entry.add("summary", event.heading.say(language))
    entry.add("location", event.venue)
    calendar.add_component(entry)
    calendar.add_missing_timezones()
    content: bytes = calendar.to_ical()
    return content
