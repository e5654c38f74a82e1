"""Live sessions as calendar programs understand them (RFC 5545, RFC 5546), naming nobody else.

A session keeps its UID in every file and every mail, so that programs know it for the same; times
stand in Paris time with the zone's rules, where the sessions are planned.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress

from shared.zones import HOME

PRODUCT: Final = "-//carionexiq//live sessions//EN"
HOST: Final = "sessions.carionexiq.com"
PARIS: Final = ZoneInfo(HOME)

Method = Literal["PUBLISH", "REQUEST", "CANCEL"]


@dataclass(frozen=True, slots=True)
class Meeting:
    """One session, as a calendar is told of it."""

    session_id: str
    sequence: int
    """Grows with every change that is told (RFC 5545, 3.8.7.4)."""
    starts_at: datetime
    ends_at: datetime
    summary: str
    url: str | None = None
    """Where its people read more of it."""
    takes_place: bool = True
    """Whether the session itself does, whoever comes."""


def calendar_of(
    meetings: Iterable[Meeting],
    method: Method,
    *,
    organizer: str,
    at: datetime,
    attendee: str | None = None,
) -> bytes:
    """Return a calendar that is told `at` that instant.

    Args:
        meetings: what it is told of.
        method: `PUBLISH` for a file, `REQUEST` or `CANCEL` for a mail to `attendee`.
        organizer: e-mail address of the platform.
        at: DTSTAMP.
        attendee: e-mail address of the only person named, to whom a mail goes.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    for meeting in meetings:
        calendar.add_component(_event(meeting, method, organizer, at, attendee))
    calendar.add_missing_timezones()
    content: bytes = calendar.to_ical()
    return content


def _event(
    meeting: Meeting, method: Method, organizer: str, at: datetime, attendee: str | None
) -> Event:
    event = Event()
    event.add("uid", f"{meeting.session_id}@{HOST}")
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", at)
    event.add("dtstart", meeting.starts_at.astimezone(PARIS))
    event.add("dtend", meeting.ends_at.astimezone(PARIS))
    event.add("summary", meeting.summary)
    if meeting.url is not None:
        event.add("url", meeting.url)
    event.add("organizer", _person(organizer, CN="carionexiq"))
    if attendee is not None:
        # Answers to an invitation would reach nobody: the portal is where one says not to come.
        told = _person(attendee, CUTYPE="INDIVIDUAL", ROLE="REQ-PARTICIPANT", RSVP="FALSE")
        if method == "REQUEST":
            told.params["PARTSTAT"] = "NEEDS-ACTION"
        event.add("attendee", told)
    if method == "CANCEL" and meeting.takes_place:
        # Taking one person off a session says nothing of its status (RFC 5546, 3.2.5).
        return event
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    return event


def _person(address: str, **parameters: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{address}")
    person.params.update(parameters)
    return person
